package io.cairn.server.command.streams;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.keyspace.Event;
import io.cairn.engine.types.Packed;
import io.cairn.engine.types.PendingEntry;
import io.cairn.engine.types.StoredStream;
import io.cairn.engine.types.StreamConsumer;
import io.cairn.engine.types.StreamGroup;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * XCLAIM and XAUTOCLAIM: makes entries pending with a consumer.
 *
 * <p>An entry that is not there any more cannot be claimed; that it was pending is forgotten. The consumer is made when
 * it gets its first entry.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
final class Claims {
    private static final long COUNT_MAX = Long.MAX_VALUE / 16;
    private static final int LOOKS_AN_ENTRY = 10;

    private final Call call;
    private final StoredStream stream;
    private final StreamGroup group;
    private final Effects effects;
    private final long nowMillis;
    private final long minIdleMillis;
    private final List<Reply> claimed = new ArrayList<>();
    private boolean justId;
    private boolean logged;

    /** Looks for the group, then for the time: XCLAIM tells of them in this order. */
    private Claims(Call call, LongSupplier minIdleMillis) {
        this.call = call;
        StoredStream found = StreamCommands.read(call, 1);
        StreamGroup of = found == null ? null : found.group(call.arg(2));
        if (found == null || of == null) {
            throw PendingCommands.noGroup(call);
        }
        this.stream = found;
        this.group = of;
        this.effects = new Effects(call, call.arg(1), of);
        this.nowMillis = call.turn().nowMillis();
        this.minIdleMillis = minIdleMillis.getAsLong();
    }

    private static long minIdle(Call call, String command) {
        return Math.max(0, StreamCommands.integer(call, 4, "Invalid min-idle-time argument for " + command));
    }

    // ---- XCLAIM

    private static final class Options {
        private boolean force;
        private boolean justId;
        private long deliveredMillis = -1;
        private long deliveries = -1;
        private StreamId lastId = StreamId.ZERO;

        static Options parse(Call call, int from, long nowMillis) {
            Options options = new Options();
            for (int i = from; i < call.count(); i++) {
                boolean more = i + 1 < call.count();
                if (call.is(i, "force")) {
                    options.force = true;
                } else if (call.is(i, "justid")) {
                    options.justId = true;
                } else if (call.is(i, "idle") && more) {
                    options.deliveredMillis = nowMillis - option(call, ++i, "IDLE");
                } else if (call.is(i, "time") && more) {
                    options.deliveredMillis = option(call, ++i, "TIME");
                } else if (call.is(i, "retrycount") && more) {
                    options.deliveries = option(call, ++i, "RETRYCOUNT");
                } else if (call.is(i, "lastid") && more) {
                    options.lastId = Ids.strict(call.arg(++i));
                } else {
                    throw new CommandException(
                            "ERR Unrecognized XCLAIM option '" + StreamCommands.text(call.arg(i)) + "'");
                }
            }
            // A time that cannot be is taken for now: clients compute it by clocks of their own.
            if (options.deliveredMillis < 0 || options.deliveredMillis > nowMillis) {
                options.deliveredMillis = nowMillis;
            }
            return options;
        }

        private static long option(Call call, int index, String name) {
            return StreamCommands.integer(call, index, "Invalid " + name + " option argument for XCLAIM");
        }
    }

    static Reply xclaim(Call call) {
        Claims claims = new Claims(call, () -> minIdle(call, "XCLAIM"));
        List<StreamId> ids = new ArrayList<>();
        int at = 5;
        for (StreamId id = first(call, at); id != null; id = first(call, ++at)) {
            ids.add(id);
        }
        Options options = Options.parse(call, at, claims.nowMillis);
        claims.justId = options.justId;
        boolean moved = options.lastId.isAfter(claims.group.lastId());
        if (moved) {
            claims.group.lastId(options.lastId, claims.group.entriesRead());
        }
        for (int i = 0; i < ids.size(); i++) {
            claims.claim(ids.get(i), call.arg(5 + i), options);
        }
        if (moved && !claims.logged) {
            claims.effects.lastId();
        }
        claims.finish(moved);
        return Reply.array(claims.claimed);
    }

    private static @Nullable StreamId first(Call call, int index) {
        return index < call.count() ? Ids.strictOrNull(call.arg(index)) : null;
    }

    private void claim(StreamId id, byte[] argument, Options options) {
        PendingEntry before = group.pending(id);
        Packed words = stream.words(id);
        if (words == null) {
            if (before != null) {
                forget(before, argument);
            }
            return;
        }
        if (before == null && !options.force) {
            return;
        }
        if (before != null && isTooYoung(before)) {
            return;
        }
        // One that is made pending by FORCE counts as delivered once before.
        long deliveries = before == null ? 1 : before.deliveries();
        if (options.deliveries >= 0) {
            deliveries = options.deliveries;
        } else if (!justId) {
            deliveries++;
        }
        take(before, id, words, argument, options.deliveredMillis, deliveries);
    }

    private boolean isTooYoung(PendingEntry entry) {
        return minIdleMillis > 0 && nowMillis - entry.deliveredMillis() < minIdleMillis;
    }

    private void forget(PendingEntry entry, byte[] id) {
        effects.claim(id, entry.consumer(), entry.deliveredMillis(), entry.deliveries());
        group.release(entry);
        logged = true;
    }

    private void take(
            @Nullable PendingEntry before, StreamId id, Packed words, byte[] argument, long millis, long deliveries) {
        StreamConsumer consumer = group.consumer(call.arg(3));
        if (consumer == null) {
            consumer = group.createConsumer(call.arg(3), nowMillis);
            call.notify(Event.STREAM, "xgroup-createconsumer", call.arg(1));
        }
        consumer.seen(nowMillis);
        group.claim(before, id, consumer, millis, deliveries);
        claimed.add(justId ? StreamCommands.id(id) : StreamCommands.entry(id, words));
        effects.claim(argument, consumer.name(), millis, deliveries);
        logged = true;
    }

    private void finish(boolean moved) {
        if (logged || moved) {
            group.store();
            stream.store(call.db(), call.arg(1));
        }
    }

    // ---- XAUTOCLAIM

    static Reply xautoclaim(Call call) {
        long minIdle = minIdle(call, "XAUTOCLAIM");
        StreamId start = Ids.start(call.arg(5));
        long count = 100;
        boolean justId = false;
        for (int i = 6; i < call.count(); i++) {
            if (call.is(i, "count") && i + 1 < call.count()) {
                count = count(call, ++i);
            } else if (call.is(i, "justid")) {
                justId = true;
            } else {
                throw CommandException.syntax();
            }
        }
        Claims claims = new Claims(call, () -> minIdle);
        claims.justId = justId;
        Scan scan = claims.new Scan(count);
        claims.group.visitPending(start, StreamId.LAST, scan::visit);
        claims.finish(false);
        List<Reply> deleted = new ArrayList<>();
        scan.deleted.forEach(id -> deleted.add(StreamCommands.id(id)));
        return Reply.array(List.of(StreamCommands.id(scan.cursor), Reply.array(claims.claimed), Reply.array(deleted)));
    }

    private static long count(Call call, int index) {
        long count = StreamCommands.integer(call, index, "COUNT must be > 0");
        if (count < 1 || count > COUNT_MAX) {
            throw new CommandException("ERR COUNT must be > 0");
        }
        return count;
    }

    /** One pass over pending entries, which ends where the next one begins. */
    private final class Scan {
        private final List<StreamId> deleted = new ArrayList<>();
        private long left;
        private long looks;
        private StreamId cursor = StreamId.ZERO;

        Scan(long count) {
            left = count;
            looks = count > Long.MAX_VALUE / LOOKS_AN_ENTRY ? Long.MAX_VALUE : count * LOOKS_AN_ENTRY;
        }

        boolean visit(PendingEntry entry) {
            if (looks == 0 || left == 0) {
                cursor = entry.id();
                return false;
            }
            looks--;
            Packed words = stream.words(entry.id());
            if (words == null) {
                forget(entry, entry.id().text());
                deleted.add(entry.id());
                left--;
            } else if (!isTooYoung(entry)) {
                take(entry, entry.id(), words, entry.id().text(), nowMillis, entry.deliveries() + (justId ? 0 : 1));
                left--;
            }
            return true;
        }
    }
}
