/**
 * Messages to subscribers: what clients publish, and what happens to keys.
 *
 * <p>{@link io.cairn.server.pubsub.Broker} is told by committed turns and hands letters to the subscribers' connections.
 */
@NullMarked
package io.cairn.server.pubsub;

import org.jspecify.annotations.NullMarked;
