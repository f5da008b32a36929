package io.cairn.snapshot.rdb;

/**
 * A set of integers as one blob.
 *
 * <pre>
 *   intset := width count number{count}     width: 4 bytes, 2, 4 or 8; count: 4 bytes; numbers of width bytes, ascending;
 *                                           all little endian
 * </pre>
 */
final class Intset implements Elements {
    private static final int HEADER = 8;

    private final byte[] blob;
    private final int width;
    private final int count;
    private int at = HEADER;

    Intset(byte[] blob) throws BadEncodingException {
        if (blob.length < HEADER) {
            throw new BadEncodingException("intset of " + blob.length + " bytes");
        }
        long bytes = LittleEndian.unsigned(blob, 0, 4);
        long numbers = LittleEndian.unsigned(blob, 4, 4);
        if (bytes != 2 && bytes != 4 && bytes != 8 || HEADER + bytes * numbers != blob.length) {
            throw new BadEncodingException(
                    "intset of " + blob.length + " bytes says width=" + bytes + " count=" + numbers);
        }
        this.blob = blob;
        this.width = (int) bytes;
        this.count = (int) numbers;
        for (int i = HEADER + width; i < blob.length; i += width) {
            if (LittleEndian.signed(blob, i - width, width) >= LittleEndian.signed(blob, i, width)) {
                throw new BadEncodingException("intset is not in ascending order");
            }
        }
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public byte[] next() {
        byte[] text = Decimal.text(LittleEndian.signed(blob, at, width));
        at += width;
        return text;
    }
}
