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
public record Letter(Topic topic, Reply.Push text) {
    private static final int FRAME_BYTES = 32;

    /** About the bytes that it takes. */
    public long bytes() {
        long bytes = 0;
        for (Reply part : text.items()) {
            bytes += FRAME_BYTES + (part instanceof Reply.Bulk bulk ? bulk.to() - bulk.from() : 0);
        }
        return bytes;
    }
}
