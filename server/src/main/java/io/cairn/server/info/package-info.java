/**
 * INFO: {@link io.cairn.server.info.Info} puts together what the parts of the server say of themselves through {@link
 * io.cairn.server.info.InfoSection}.
 */
@NullMarked
package io.cairn.server.info;

import org.jspecify.annotations.NullMarked;
