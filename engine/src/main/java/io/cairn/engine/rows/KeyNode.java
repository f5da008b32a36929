package io.cairn.engine.rows;

/**
 * A key's row, and how the key is used ({@link UsageClock}).
 *
 * <p>Usage is written by every reader, one over the other: it need not be exact.
 *
 * <p><i>Thread-safe.</i>
 */
final class KeyNode extends RowNode {
    int usage;

    KeyNode(int hash, byte[] fullKey, byte[] row, int usage) {
        super(hash, fullKey, row);
        this.usage = usage;
    }
}
