package io.cairn.server.command.strings;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.types.Strings;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.List;

/**
 * The longest common subsequence of two values.
 *
 * <p>The length needs two rows of the table of lengths. To walk back through the table it is enough to know for each cell
 * which way the longer one of its neighbours lies: one bit a cell.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class Lcs {
    private static final long CELLS_MAX = 1L << 31;
    private static final byte[] NONE = new byte[0];

    private final byte[] a;
    private final byte[] b;
    private final long[] upIsLonger;
    private int length;

    private Lcs(byte[] a, byte[] b, boolean withWay) {
        this.a = a;
        this.b = b;
        long cells = (a.length + 1L) * (b.length + 1L);
        if (withWay && cells > CELLS_MAX) {
            throw new CommandException("ERR Insufficient memory, failed allocating transient memory for LCS");
        }
        upIsLonger = withWay ? new long[(int) (cells >>> 6) + 1] : new long[0];
        fill(withWay);
    }

    private void fill(boolean withWay) {
        int[] above = new int[b.length + 1];
        int[] current = new int[b.length + 1];
        for (int i = 1; i <= a.length; i++) {
            for (int j = 1; j <= b.length; j++) {
                if (a[i - 1] == b[j - 1]) {
                    current[j] = above[j - 1] + 1;
                } else if (above[j] > current[j - 1]) {
                    current[j] = above[j];
                    if (withWay) {
                        long cell = cell(i, j);
                        upIsLonger[(int) (cell >>> 6)] |= 1L << cell;
                    }
                } else {
                    current[j] = current[j - 1];
                }
            }
            int[] spare = above;
            above = current;
            current = spare;
        }
        length = above[b.length];
    }

    private long cell(int i, int j) {
        return i * (b.length + 1L) + j;
    }

    private boolean isUpLonger(int i, int j) {
        long cell = cell(i, j);
        return (upIsLonger[(int) (cell >>> 6)] & 1L << cell) != 0;
    }

    static Reply lcs(Call call) {
        byte[] a = value(call, 1);
        byte[] b = value(call, 2);
        boolean idx = false;
        boolean len = false;
        boolean withMatchLen = false;
        long minMatchLen = 0;
        for (int at = 3; at < call.count(); at++) {
            if (call.is(at, "idx")) {
                idx = true;
            } else if (call.is(at, "len")) {
                len = true;
            } else if (call.is(at, "withmatchlen")) {
                withMatchLen = true;
            } else if (call.is(at, "minmatchlen") && at + 1 < call.count()) {
                minMatchLen = Math.max(call.integer(++at), 0);
            } else {
                throw CommandException.syntax();
            }
        }
        if (idx && len) {
            throw new CommandException("ERR If you want both the length and indexes, please just use IDX.");
        }
        Lcs table = new Lcs(a, b, idx || !len);
        if (idx) {
            return new Reply.Pairs(List.of(
                    Reply.bulk("matches"),
                    Reply.array(table.matches(minMatchLen, withMatchLen)),
                    Reply.bulk("len"),
                    Reply.integer(table.length)));
        }
        return len ? Reply.integer(table.length) : Reply.bulk(table.subsequence());
    }

    private static byte[] value(Call call, int index) {
        byte[] row = call.turn().read(call.db(), call.arg(index));
        if (row == null) {
            return NONE;
        }
        if (MetaRow.type(row) != ValueType.STRING) {
            throw new CommandException("ERR The specified keys must contain string values");
        }
        return Strings.value(call.turn(), row);
    }

    private byte[] subsequence() {
        byte[] result = new byte[length];
        int at = length;
        int i = a.length;
        int j = b.length;
        while (i > 0 && j > 0) {
            if (a[i - 1] == b[j - 1]) {
                result[--at] = a[i - 1];
                i--;
                j--;
            } else if (isUpLonger(i, j)) {
                i--;
            } else {
                j--;
            }
        }
        return result;
    }

    /** Runs of bytes that both values share, the last first. */
    private List<Reply> matches(long minMatchLen, boolean withMatchLen) {
        List<Reply> matches = new ArrayList<>();
        int i = a.length;
        int j = b.length;
        while (i > 0 && j > 0) {
            int run = 0;
            while (i > 0 && j > 0 && a[i - 1] == b[j - 1]) {
                run++;
                i--;
                j--;
            }
            if (run > 0 && run >= minMatchLen) {
                matches.add(match(i, j, run, withMatchLen));
            }
            if (i > 0 && j > 0) {
                if (isUpLonger(i, j)) {
                    i--;
                } else {
                    j--;
                }
            }
        }
        return matches;
    }

    private static Reply match(int i, int j, int run, boolean withMatchLen) {
        List<Reply> match = new ArrayList<>(3);
        match.add(Reply.array(List.of(Reply.integer(i), Reply.integer(i + run - 1L))));
        match.add(Reply.array(List.of(Reply.integer(j), Reply.integer(j + run - 1L))));
        if (withMatchLen) {
            match.add(Reply.integer(run));
        }
        return Reply.array(match);
    }
}
