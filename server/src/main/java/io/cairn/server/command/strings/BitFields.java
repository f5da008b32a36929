package io.cairn.server.command.strings;

import io.cairn.engine.keyspace.Event;
import io.cairn.engine.types.Strings;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import io.cairn.server.command.strings.BitInteger.Overflow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * BITFIELD: integers of any width anywhere in a value; on a large one each touches only the chunks it stands in.
 *
 * <p><i>Immutable.</i>
 */
final class BitFields {
    private static final byte[] NOTHING = {};

    private BitFields() {}

    private enum Action {
        GET(3),
        SET(4),
        INCRBY(4);

        private final int words;

        Action(int words) {
            this.words = words;
        }
    }

    /** One operation; {@code operand} is what to set or to add. */
    private record Operation(Action action, BitInteger type, long offset, long operand, Overflow overflow) {
        long at() {
            return offset >> 3;
        }

        int shift() {
            return (int) (offset & 7);
        }
    }

    static Reply bitfield(Call call) {
        List<Operation> operations = parse(call);
        long lengthMin = lengthMin(operations);
        return lengthMin == 0
                ? answer(call, operations, StringCommands.read(call, 1))
                : change(call, operations, lengthMin);
    }

    static Reply bitfieldRo(Call call) {
        List<Operation> operations = parse(call);
        if (lengthMin(operations) > 0) {
            throw new CommandException("ERR BITFIELD_RO only supports the GET subcommand");
        }
        return answer(call, operations, StringCommands.read(call, 1));
    }

    // ---- parse

    private static List<Operation> parse(Call call) {
        List<Operation> operations = new ArrayList<>();
        Overflow overflow = Overflow.WRAP;
        int at = 2;
        while (at < call.count()) {
            if (call.is(at, "overflow") && at + 1 < call.count()) {
                overflow = overflow(call, at + 1);
                at += 2;
                continue;
            }
            Action action = action(call, at);
            BitInteger type = BitInteger.parse(call.arg(at + 1));
            long offset = offset(call, call.arg(at + 2), type);
            long operand = action == Action.GET ? 0 : call.integer(at + 3);
            operations.add(new Operation(action, type, offset, operand, overflow));
            at += action.words;
        }
        return operations;
    }

    private static Overflow overflow(Call call, int index) {
        if (call.is(index, "wrap")) {
            return Overflow.WRAP;
        }
        if (call.is(index, "sat")) {
            return Overflow.SAT;
        }
        if (call.is(index, "fail")) {
            return Overflow.FAIL;
        }
        throw new CommandException("ERR Invalid OVERFLOW type specified");
    }

    private static Action action(Call call, int index) {
        Action action = call.is(index, "get") ? Action.GET : call.is(index, "set") ? Action.SET : Action.INCRBY;
        if (action == Action.INCRBY && !call.is(index, "incrby") || index + action.words > call.count()) {
            throw CommandException.syntax();
        }
        return action;
    }

    /** A place in bits; {@code #7} is that of the eighth integer of the type. */
    private static long offset(Call call, byte[] text, BitInteger type) {
        if (text.length == 0 || text[0] != '#') {
            return Bits.offset(call, text);
        }
        long index = Numbers.parseLongOr(Arrays.copyOfRange(text, 1, text.length), -1);
        return Bits.requireOffset(call, index * type.bits());
    }

    /** Bytes that the value must have for all that is written; 0 if nothing is. */
    private static long lengthMin(List<Operation> operations) {
        long length = 0;
        for (Operation operation : operations) {
            if (operation.action != Action.GET) {
                length = Math.max(length, operation.at() + operation.type.bytes(operation.shift()));
            }
        }
        return length;
    }

    // ---- run

    private static Reply answer(Call call, List<Operation> operations, byte @Nullable [] row) {
        List<Reply> replies = new ArrayList<>(operations.size());
        for (Operation operation : operations) {
            replies.add(Reply.integer(read(operation, window(call, operation, row))));
        }
        return Reply.array(replies);
    }

    private static Reply change(Call call, List<Operation> operations, long lengthMin) {
        byte[] row = StringCommands.write(call, 1);
        if (row == null || Strings.length(row) < lengthMin) {
            // The value grows even if every integer overflows and none is written. A real server does not propagate
            // that,
            // so its replicas do not know of it; here it is logged as any change.
            Strings.writeRange(call.turn(), call.db(), call.arg(1), row, lengthMin, NOTHING);
            call.changed();
        } else {
            Bits.makeRaw(call, row);
        }
        List<Reply> replies = new ArrayList<>(operations.size());
        boolean written = false;
        for (Operation operation : operations) {
            Reply reply = run(call, operation);
            replies.add(reply);
            written |= operation.action != Action.GET && reply != Reply.NULL;
        }
        if (written && call.hasChanged()) {
            call.notify(Event.STRING, "setbit", call.arg(1));
        }
        return Reply.array(replies);
    }

    private static Reply run(Call call, Operation operation) {
        byte[] row = StringCommands.write(call, 1);
        byte[] window = window(call, operation, row);
        long before = read(operation, window);
        if (operation.action == Action.GET) {
            return Reply.integer(before);
        }
        boolean adds = operation.action == Action.INCRBY;
        OptionalLong after = adds
                ? operation.type.sum(before, operation.operand, operation.overflow)
                : operation.type.sum(operation.operand, 0, operation.overflow);
        if (after.isEmpty()) {
            return Reply.NULL;
        }
        if (after.getAsLong() != before) {
            int shift = operation.shift();
            operation.type.write(window, shift, after.getAsLong());
            byte[] bytes = Arrays.copyOf(window, operation.type.bytes(shift));
            Strings.writeRange(call.turn(), call.db(), call.arg(1), row, operation.at(), bytes);
            call.changed();
        }
        return Reply.integer(adds ? after.getAsLong() : before);
    }

    private static byte[] window(Call call, Operation operation, byte @Nullable [] row) {
        return Bits.read(call, row, operation.at(), BitInteger.WINDOW_BYTES);
    }

    private static long read(Operation operation, byte[] window) {
        return operation.type.read(window, operation.shift());
    }
}
