/**
 * The geo commands: {@link io.cairn.server.command.geo.GeoCommands} is the table. Places are members of sorted sets whose
 * scores are geohashes ({@link io.cairn.server.command.geo.Point}); a search asks for the scores of the cells that its
 * area touches ({@link io.cairn.server.command.geo.Area}) and measures what lies in them.
 */
@NullMarked
package io.cairn.server.command.geo;

import org.jspecify.annotations.NullMarked;
