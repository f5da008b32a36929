package io.cairn.server.command.streams;

import io.cairn.engine.types.StreamConsumer;
import io.cairn.engine.types.StreamGroup;
import io.cairn.server.command.Call;
import io.cairn.server.command.Numbers;
import java.nio.charset.StandardCharsets;

/**
 * What becomes of a group as commands for the stream of effects, in the forms that Redis uses.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
final class Effects {
    /** How {@link #claim} is logged. */
    static final String CLAIMED =
            "XCLAIM key group consumer 0 id TIME unix-time-milliseconds RETRYCOUNT count FORCE JUSTID " + "LASTID id";

    /** How {@link #lastId} is logged. */
    static final String POSITION = "XGROUP SETID key group id ENTRIESREAD count";

    /** How {@link #consumer} is logged. */
    static final String CONSUMER = "XGROUP CREATECONSUMER key group consumer";

    private static final byte[] XCLAIM = word("XCLAIM");
    private static final byte[] XGROUP = word("XGROUP");
    private static final byte[] SETID = word("SETID");
    private static final byte[] CREATECONSUMER = word("CREATECONSUMER");
    private static final byte[] ENTRIESREAD = word("ENTRIESREAD");
    private static final byte[] NO_IDLE_TIME = word("0");
    private static final byte[] TIME = word("TIME");
    private static final byte[] RETRYCOUNT = word("RETRYCOUNT");
    private static final byte[] FORCE = word("FORCE");
    private static final byte[] JUSTID = word("JUSTID");
    private static final byte[] LASTID = word("LASTID");

    private final Call call;
    private final byte[] key;
    private final StreamGroup group;

    Effects(Call call, byte[] key, StreamGroup group) {
        this.call = call;
        this.key = key;
        this.group = group;
    }

    private static byte[] word(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    /** An entry is pending with a consumer; or, if the entry is not there any more, is not pending. */
    void claim(byte[] id, byte[] consumer, long deliveredMillis, long deliveries) {
        call.propagate(
                XCLAIM,
                key,
                group.name(),
                consumer,
                NO_IDLE_TIME,
                id,
                TIME,
                Numbers.bytes(deliveredMillis),
                RETRYCOUNT,
                Numbers.bytes(deliveries),
                FORCE,
                JUSTID,
                LASTID,
                group.lastId().text());
    }

    /** The group stands at another id. */
    void lastId() {
        call.propagate(
                XGROUP,
                SETID,
                key,
                group.name(),
                group.lastId().text(),
                ENTRIESREAD,
                Numbers.bytes(group.entriesRead()));
    }

    /** There is a consumer. */
    void consumer(StreamConsumer consumer) {
        call.propagate(XGROUP, CREATECONSUMER, key, group.name(), consumer.name());
    }
}
