package io.cairn.server.command.strings;

import io.cairn.engine.keyspace.Event;
import io.cairn.engine.types.Strings;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * BITOP: values combined bit by bit, the shorter ones filled up with zeroes; large ones are gone through part by part.
 *
 * <p><i>Immutable.</i>
 */
enum BitOperation {
    AND {
        @Override
        int combine(int one, int other) {
            return one & other;
        }
    },
    OR {
        @Override
        int combine(int one, int other) {
            return one | other;
        }
    },
    XOR {
        @Override
        int combine(int one, int other) {
            return one ^ other;
        }
    },
    NOT {
        @Override
        int combine(int one, int other) {
            return ~one;
        }
    };

    private static final int FIRST_SOURCE = 3;

    abstract int combine(int one, int other);

    static Reply bitop(Call call) {
        BitOperation operation = operation(call);
        if (operation == NOT && call.count() != FIRST_SOURCE + 1) {
            throw new CommandException("ERR BITOP NOT must be called with a single source key.");
        }
        List<byte @Nullable []> rows = new ArrayList<>();
        long length = 0;
        for (int at = FIRST_SOURCE; at < call.count(); at++) {
            byte[] row = StringCommands.read(call, at);
            rows.add(row);
            length = Math.max(length, row == null ? 0 : Strings.length(row));
        }
        byte[] destination = call.arg(2);
        if (length > 0) {
            Strings.compose(
                    call.turn(),
                    call.db(),
                    destination,
                    length,
                    (from, partLength) -> operation.part(call, rows, from, partLength));
            call.notify(Event.STRING, "set", destination);
            call.changed();
        } else if (call.turn().write(call.db(), destination) != null) {
            call.turn().set(call.db(), destination, null);
            call.notifyDeleted(destination);
            call.changed();
        }
        return Reply.integer(length);
    }

    private static BitOperation operation(Call call) {
        return call.is(1, "and") ? AND : call.is(1, "or") ? OR : call.is(1, "xor") ? XOR : not(call);
    }

    private static BitOperation not(Call call) {
        if (!call.is(1, "not")) {
            throw CommandException.syntax();
        }
        return NOT;
    }

    private byte[] part(Call call, List<byte @Nullable []> rows, long from, int length) {
        byte[] part = Bits.read(call, rows.get(0), from, length);
        if (this == NOT) {
            combineInto(part, part);
        }
        for (byte[] row : rows.subList(1, rows.size())) {
            combineInto(part, Bits.read(call, row, from, length));
        }
        return part;
    }

    private void combineInto(byte[] part, byte[] other) {
        for (int i = 0; i < part.length; i++) {
            part[i] = (byte) combine(part[i], other[i]);
        }
    }
}
