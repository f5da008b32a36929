package io.cairn.server.command.hyperloglog;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.Event;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.types.Strings;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Reply;
import org.jspecify.annotations.Nullable;

/**
 * PFADD, PFCOUNT, PFMERGE.
 *
 * <p>PFCOUNT of one key remembers its estimate in the value, as Redis does: a read that writes. It is logged as it was
 * called. Where this node may not write (a replica, a full disk) it only answers.
 *
 * <p><i>Immutable.</i>
 */
final class Counting {
    private Counting() {}

    static Reply pfadd(Call call) {
        byte[] row = call.turn().write(call.db(), call.arg(1));
        Sketch sketch = row == null ? Sketch.empty() : stored(call.turn(), row);
        boolean changed = row == null;
        long sparseMaxBytes = call.turn().limits().hllSparseMaxBytes();
        for (int at = 2; at < call.count(); at++) {
            changed |= sketch.add(call.arg(at), sparseMaxBytes);
        }
        if (changed) {
            sketch.forgetEstimate();
            store(call, row, sketch);
            call.notify(Event.STRING, "pfadd", call.arg(1));
            call.changed();
        }
        return Reply.integer(changed);
    }

    static Reply pfcount(Call call) {
        if (call.count() > 2) {
            return Reply.integer(Estimate.of(union(call, 1).histogram()));
        }
        Turn turn = call.turn();
        byte[] row = turn.read(call.db(), call.arg(1));
        if (row == null) {
            return Reply.ZERO;
        }
        Sketch sketch = stored(turn, row);
        if (sketch.knowsEstimate()) {
            return Reply.integer(sketch.estimate());
        }
        long estimate = Estimate.of(sketch.histogram());
        if (turn.mayWrite()) {
            sketch.remember(estimate);
            store(call, row, sketch);
            call.changed();
        }
        return Reply.integer(estimate);
    }

    static Reply pfmerge(Call call) {
        Registers union = union(call, 1);
        byte[] row = call.turn().write(call.db(), call.arg(1));
        Sketch sketch = row == null ? Sketch.empty() : stored(call.turn(), row);
        if (union.sawDense()) {
            sketch.makeDense();
        }
        long sparseMaxBytes = call.turn().limits().hllSparseMaxBytes();
        for (int register = 0; register < Sketch.REGISTERS; register++) {
            int value = union.value(register);
            if (value > 0) {
                sketch.raise(register, value, sparseMaxBytes);
            }
        }
        sketch.forgetEstimate();
        store(call, row, sketch);
        call.notify(Event.STRING, "pfadd", call.arg(1));
        call.changed();
        return Reply.OK;
    }

    /** The largest value of each register in all the keys from an argument on. */
    private static Registers union(Call call, int first) {
        Registers union = new Registers();
        for (int at = first; at < call.count(); at++) {
            byte[] row = call.turn().read(call.db(), call.arg(at));
            if (row != null) {
                stored(call.turn(), row).mergeInto(union);
            }
        }
        return union;
    }

    private static Sketch stored(Turn turn, byte[] row) {
        if (MetaRow.type(row) != ValueType.STRING) {
            throw CommandException.wrongType();
        }
        return Sketch.of(Strings.value(turn, row));
    }

    private static void store(Call call, byte @Nullable [] row, Sketch sketch) {
        long expireAtMillis = row == null ? MetaRow.NO_EXPIRY : MetaRow.expireAtMillis(row);
        Strings.set(call.turn(), call.db(), call.arg(1), sketch.bytes(), Encoding.RAW, expireAtMillis);
    }
}
