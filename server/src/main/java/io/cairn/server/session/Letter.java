package io.cairn.server.session;

import io.cairn.server.command.Reply;

/**
 * A message on its way to a subscriber, who gets it if he is still subscribed when it arrives.
 *
 * <p><i>Immutable.</i>
 *
 * @param topic what the subscription is to
 * @param text the message as it is sent
 */
public record Letter(Topic topic, Reply.Push text) {}
