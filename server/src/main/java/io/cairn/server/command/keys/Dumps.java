package io.cairn.server.command.keys;

import io.cairn.engine.keyspace.Event;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.types.ElementCursor;
import io.cairn.engine.types.HashEdit;
import io.cairn.engine.types.Hashes;
import io.cairn.engine.types.ValueBuilder;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import io.cairn.snapshot.rdb.Crc64;
import io.cairn.snapshot.rdb.RdbEvents;
import io.cairn.snapshot.rdb.RdbException;
import io.cairn.snapshot.rdb.RdbInput;
import io.cairn.snapshot.rdb.RdbReadOptions;
import io.cairn.snapshot.rdb.RdbReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * DUMP and RESTORE: one value in the encoding of an RDB stream.
 *
 * <p>The codec knows keys in streams only. So a {@link Payload} is read as a stream of one key with an empty name.
 *
 * <p><i>Immutable.</i>
 */
final class Dumps {
    private static final byte[] DEL = "DEL".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ABSTTL = "ABSTTL".getBytes(StandardCharsets.US_ASCII);
    private static final int NEWEST_VERSION = 12;
    private static final int VALKEY_VERSION = 80;
    private static final int FOOTER_BYTES = 10;
    private static final int CRC_BYTES = 8;
    private static final int BUFFER_BYTES = 8 << 10;
    private static final int MAX_FREQ = 255;
    private static final RdbReadOptions READING =
            RdbReadOptions.DEFAULT.withChecksum(false).withBufferBytes(BUFFER_BYTES);

    private Dumps() {}

    // ---- DUMP

    static Reply dump(Call call) {
        byte[] row = call.turn().read(call.db(), call.arg(1));
        return row == null
                ? Reply.NULL
                : Reply.bulk(Payload.of(call.turn(), row).toArray());
    }

    // ---- RESTORE

    /** What stands behind the payload. */
    private record Options(boolean replace, boolean absolute, long idleSeconds, int frequency) {
        static Options parse(Call call) {
            boolean replace = false;
            boolean absolute = false;
            long idle = -1;
            int freq = -1;
            for (int at = 4; at < call.count(); at++) {
                boolean hasValue = at + 1 < call.count();
                if (call.is(at, "replace")) {
                    replace = true;
                } else if (call.is(at, "absttl")) {
                    absolute = true;
                } else if (call.is(at, "idletime") && hasValue && freq < 0) {
                    idle = call.integer(++at);
                    require(idle >= 0, "ERR Invalid IDLETIME value, must be >= 0");
                } else if (call.is(at, "freq") && hasValue && idle < 0) {
                    long value = call.integer(++at);
                    require(value >= 0 && value <= MAX_FREQ, "ERR Invalid FREQ value, must be >= 0 and <= 255");
                    freq = (int) value;
                } else {
                    throw CommandException.syntax();
                }
            }
            return new Options(replace, absolute, idle, freq);
        }
    }

    private static void require(boolean holds, String error) {
        if (!holds) {
            throw new CommandException(error);
        }
    }

    static Reply restore(Call call) {
        Options options = Options.parse(call);
        Turn turn = call.turn();
        byte[] key = call.arg(1);
        boolean exists = turn.write(call.db(), key) != null;
        require(!exists || options.replace(), "BUSYKEY Target key name already exists.");
        long ttl = call.integer(2);
        require(ttl >= 0, "ERR Invalid TTL value, must be >= 0");
        byte[] payload = call.arg(3);
        require(isSound(payload), "ERR DUMP payload version or checksum are wrong");
        byte[] row = value(turn, payload);
        long dueMillis = ttl == 0 ? MetaRow.NO_EXPIRY : options.absolute() ? ttl : ttl + turn.nowMillis();
        if (ttl != 0 && dueMillis <= turn.nowMillis() && !turn.isStreaming()) {
            turn.set(call.db(), key, null);
            if (exists) {
                call.notifyDeleted(key);
                call.propagate(DEL, key);
            }
            return Reply.OK;
        }
        turn.set(call.db(), key, null); // it is a new key, also if there was one before
        turn.set(call.db(), key, MetaRow.withExpiry(row, dueMillis));
        if (options.idleSeconds() >= 0 || options.frequency() >= 0) {
            turn.uses().restored(call.db(), key, options.idleSeconds(), options.frequency());
        }
        call.notify(Event.GENERIC, "restore", key);
        if (MetaRow.fieldsExpireAtMillis(row) != MetaRow.NO_EXPIRY) {
            propagateTimed(call, row, dueMillis);
        } else if (ttl != 0 && !options.absolute()) {
            call.propagate(withAbsoluteTime(call.args(), dueMillis));
        } else {
            call.changed();
        }
        return Reply.OK;
    }

    /** Logged is a hash without the times, which every replica loads, and then when its fields expire. */
    private static void propagateTimed(Call call, byte[] row, long dueMillis) {
        byte[] due = Numbers.bytes(Math.max(dueMillis, 0));
        call.propagate(
                call.arg(0),
                call.arg(1),
                due,
                Payload.withoutTimes(call.turn(), row).toArray(),
                ascii("REPLACE"),
                ABSTTL);
        Map<Long, List<byte[]>> byTime = new TreeMap<>();
        try (ElementCursor fields = Hashes.cursorOverAll(call.turn(), row)) {
            while (fields.next()) {
                byte[] field = fields.element().member();
                long at = Hashes.expiry(call.turn(), row, field);
                if (at != HashEdit.NEVER) {
                    byTime.computeIfAbsent(at, k -> new ArrayList<>()).add(field);
                }
            }
        }
        byTime.forEach((at, fields) -> {
            List<byte[]> effect = new ArrayList<>(List.of(
                    ascii("HPEXPIREAT"),
                    call.arg(1),
                    Numbers.bytes(at),
                    ascii("FIELDS"),
                    Numbers.bytes(fields.size())));
            effect.addAll(fields);
            call.propagate(effect.toArray(new byte[0][]));
        });
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[][] withAbsoluteTime(byte[][] args, long dueMillis) {
        byte[][] effect = Arrays.copyOf(args, args.length + 1);
        effect[2] = Numbers.bytes(dueMillis);
        effect[args.length] = ABSTTL;
        return effect;
    }

    private static boolean isSound(byte[] payload) {
        if (payload.length < FOOTER_BYTES + 1) {
            return false;
        }
        ByteBuffer footer = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        int version = footer.getShort(payload.length - FOOTER_BYTES) & 0xFFFF;
        long stated = footer.getLong(payload.length - CRC_BYTES);
        boolean known = version <= NEWEST_VERSION || version == VALKEY_VERSION;
        return known && stated == Crc64.update(0, payload, 0, payload.length - CRC_BYTES);
    }

    /** The meta row of the value in a payload, built in the turn. */
    private static byte[] value(Turn turn, byte[] payload) {
        int version = (payload[payload.length - FOOTER_BYTES + 1] & 0xFF) << 8
                | payload[payload.length - FOOTER_BYTES] & 0xFF;
        String magic = version == VALKEY_VERSION
                ? "VALKEY0" + version
                : String.format(Locale.ROOT, "REDIS%04d", Math.max(version, 5));
        byte[] header = magic.getBytes(StandardCharsets.US_ASCII);
        int valueBytes = payload.length - FOOTER_BYTES - 1;
        ByteBuffer stream = ByteBuffer.allocate(header.length + 2 + valueBytes + 1 + CRC_BYTES)
                .put(header)
                .put(payload[0])
                .put((byte) 0)
                .put(payload, 1, valueBytes)
                .put((byte) 0xFF)
                .putLong(0);
        int length = stream.capacity();
        ValueBuilder builder = new ValueBuilder(turn);
        RdbReader reader = new RdbReader(RdbInput.from(stream.flip()), READING);
        try {
            boolean whole = reader.read(builder, RdbEvents.NONE) == length;
            byte[] row = builder.row();
            if (!whole || row == null || reader.keys() != 1) {
                throw badFormat();
            }
            return row;
        } catch (RdbException e) {
            throw badFormat();
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory cannot fail", e);
        }
    }

    private static CommandException badFormat() {
        return new CommandException("ERR Bad data format");
    }
}
