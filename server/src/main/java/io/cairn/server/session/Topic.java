package io.cairn.server.session;

import java.util.Arrays;

/**
 * What can be subscribed to: a channel, a pattern of channels, a shard channel.
 *
 * <p><i>Immutable.</i>
 */
public record Topic(Kind kind, byte[] name) {
    /** Kinds of topics; the same name under two kinds is two topics. */
    public enum Kind {
        CHANNEL,
        PATTERN,
        SHARD
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Topic that && kind == that.kind && Arrays.equals(name, that.name);
    }

    @Override
    public int hashCode() {
        return 31 * kind.ordinal() + Arrays.hashCode(name);
    }
}
