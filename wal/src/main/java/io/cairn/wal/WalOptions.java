package io.cairn.wal;

import java.util.function.Supplier;

/**
 * What a log is opened with.
 *
 * <p><i>Immutable.</i>
 *
 * @param segmentBytes size at which a segment is rolled; a larger record gets a segment of its own
 * @param retentionBytes bytes to keep at least, as far as they were written; 0 keeps everything
 * @param retentionMillis age at which records may go; 0 keeps them for ever
 * @param policy when appended bytes are synced
 * @param bootId tells one boot of the kernel from another
 */
public record WalOptions(
        long segmentBytes, long retentionBytes, long retentionMillis, SyncPolicy policy, Supplier<String> bootId) {
    /** Checks the ranges. */
    public WalOptions {
        if (segmentBytes < 1) {
            throw new IllegalArgumentException("segmentBytes " + segmentBytes + " is not positive");
        }
        if (retentionBytes < 0 || retentionMillis < 0) {
            throw new IllegalArgumentException(
                    "retention is negative: bytes=" + retentionBytes + " millis=" + retentionMillis);
        }
    }

    /** 64 MiB segments, 4 GiB kept whatever their age, a sync each second, the boot id of this machine. */
    public static WalOptions defaults() {
        return new WalOptions(64L << 20, 4L << 30, 0, SyncPolicy.EVERYSEC, BootId::current);
    }

    /** The same with another segment size. */
    public WalOptions withSegmentBytes(long bytes) {
        return new WalOptions(bytes, retentionBytes, retentionMillis, policy, bootId);
    }

    /** The same with another retention. */
    public WalOptions withRetention(long bytes, long millis) {
        return new WalOptions(segmentBytes, bytes, millis, policy, bootId);
    }

    /** The same with another sync policy. */
    public WalOptions withPolicy(SyncPolicy next) {
        return new WalOptions(segmentBytes, retentionBytes, retentionMillis, next, bootId);
    }

    /** The same with another source of the boot id. */
    public WalOptions withBootId(Supplier<String> next) {
        return new WalOptions(segmentBytes, retentionBytes, retentionMillis, policy, next);
    }
}
