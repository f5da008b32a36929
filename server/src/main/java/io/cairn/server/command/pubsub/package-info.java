/**
 * Publishing and subscribing.
 *
 * <p>{@link io.cairn.server.command.pubsub.PublishCommands} may come out of a stream, {@link
 * io.cairn.server.command.pubsub.SubscriptionCommands} are for connections only.
 */
@NullMarked
package io.cairn.server.command.pubsub;

import org.jspecify.annotations.NullMarked;
