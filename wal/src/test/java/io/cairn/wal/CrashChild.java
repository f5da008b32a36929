package io.cairn.wal;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** The process that {@link CrashIT} kills: appends records for ever and writes each new end to its standard output. */
final class CrashChild {
    private CrashChild() {}

    /** A byte that depends on its position only, so that whoever reads the log knows what must be there. */
    static byte byteAt(long position) {
        return (byte) (position * 0x9E3779B97F4A7C15L >>> 56);
    }

    public static void main(String[] arguments) throws IOException {
        System.setOut(System.err); // where the log messages go: the pipe is for the ends
        SplittableRandom random = new SplittableRandom(Long.parseLong(arguments[1]));
        WalOptions options = WalOptions.defaults().withSegmentBytes(100_000).withRetention(500_000, 0);
        Wal wal = Wal.open(FsDirectory.open(Path.of(arguments[0])), options, () -> 0, 0, () -> Logs.ID);
        GroupSync sync = new GroupSync(wal, System::nanoTime);
        sync.start();
        DataOutputStream ends = new DataOutputStream(new java.io.FileOutputStream(java.io.FileDescriptor.out));
        ByteBuffer record = ByteBuffer.allocateDirect(70_000);
        while (true) {
            record.clear().limit(1 + random.nextInt(random.nextInt(50) == 0 ? 70_000 : 300));
            long start = wal.end();
            for (int i = 0; i < record.limit(); i++) {
                record.put(i, byteAt(start + i));
            }
            ends.writeLong(wal.append(record, 0, 0));
            if (random.nextInt(100) == 0) {
                sync.requestSync(wal.end());
            }
            if (random.nextInt(500) == 0) {
                wal.floor(wal.durable());
                wal.retain(0);
            }
        }
    }
}
