package io.cairn.snapshot.rdb;

import java.util.Arrays;

/**
 * A zipmap: a small hash as one blob, as Redis wrote it up to 2.4. Its elements are fields and values in turn.
 *
 * <pre>
 *   zipmap := count pair* FF                  count: 1 byte, number of pairs, FE or more = unknown
 *   pair   := length byte{length} length free byte{length} byte{free}     free: 1 byte, unused bytes behind the value
 *   length := 1 byte below FE | FE 4 bytes    little endian
 * </pre>
 */
final class Zipmap implements Elements {
    private static final int END = 0xFF;
    private static final int LONG_LENGTH = 0xFE;

    private final byte[] blob;
    private final int count;
    private int at = 1;
    private boolean atValue;

    Zipmap(byte[] blob) throws BadEncodingException {
        if (blob.length < 2 || (blob[blob.length - 1] & 0xFF) != END) {
            throw new BadEncodingException("zipmap of " + blob.length + " bytes has no valid frame");
        }
        this.blob = blob;
        this.count = checkedCount();
    }

    private int checkedCount() throws BadEncodingException {
        int end = blob.length - 1;
        int strings = 0;
        long index = 1;
        while (index < end) {
            int from = (int) index;
            int head = lengthBytes(from) + strings % 2;
            if ((blob[from] & 0xFF) == END || from + head > end) {
                throw new BadEncodingException("zipmap ends too early");
            }
            long free = strings % 2 == 1 ? blob[from + head - 1] & 0xFF : 0;
            index += head + length(from) + free;
            strings++;
        }
        int stated = blob[0] & 0xFF;
        if (index != end || strings % 2 == 1 || stated < LONG_LENGTH && stated != strings / 2) {
            throw new BadEncodingException("zipmap of " + strings + " strings says count=" + stated);
        }
        return strings;
    }

    private int lengthBytes(int index) {
        return (blob[index] & 0xFF) == LONG_LENGTH ? 5 : 1;
    }

    private long length(int index) {
        int first = blob[index] & 0xFF;
        return first < LONG_LENGTH ? first : LittleEndian.unsigned(blob, index + 1, 4);
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public byte[] next() {
        int head = lengthBytes(at) + (atValue ? 1 : 0);
        int free = atValue ? blob[at + head - 1] & 0xFF : 0;
        int from = at + head;
        int to = from + (int) length(at);
        at = to + free;
        atValue = !atValue;
        return Arrays.copyOfRange(blob, from, to);
    }
}
