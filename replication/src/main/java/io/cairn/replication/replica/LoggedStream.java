package io.cairn.replication.replica;

import io.cairn.engine.Intake;
import io.cairn.engine.stream.StreamFormatException;
import io.cairn.engine.stream.StreamScanner;
import java.nio.ByteBuffer;

/**
 * Appends the stream to the log as it comes, in records of whole units; running it is the applier's work.
 *
 * <p>Units are gathered while they arrive, up to 1 MiB a record. A unit that is larger goes to the log in parts, so no more
 * than that is ever held here.
 *
 * <p><i>Confined to the link thread.</i>
 */
final class LoggedStream implements LinkStream {
    static final int RECORD_BYTES = 1 << 20;

    private final Intake intake;
    private final StreamScanner scanner;
    private final ByteBuffer gathered;
    private int unitEnd; // of the last whole unit that is gathered
    private int unitDb;
    private boolean inParts;

    /**
     * @param db database that the stream has selected where it goes on, -1 for none
     * @param room for one record; nobody else uses it meanwhile
     */
    LoggedStream(Intake intake, int db, ByteBuffer room) {
        this.intake = intake;
        this.scanner = new StreamScanner(db);
        this.gathered = room.clear();
    }

    @Override
    public void take(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            int from = gathered.position();
            int length = Math.min(bytes.remaining(), gathered.remaining());
            gathered.put(bytes.slice(bytes.position(), length));
            bytes.position(bytes.position() + length);
            try {
                scanner.scan(gathered, from, from + length);
            } catch (StreamFormatException e) {
                unitEnds();
                append();
                throw e;
            }
            unitEnds();
            if (!gathered.hasRemaining()) {
                makeRoom();
            }
        }
    }

    private void unitEnds() {
        if (scanner.unitEnd() >= 0) {
            unitEnd = scanner.unitEnd();
            unitDb = scanner.db();
        }
    }

    @Override
    public void settle() {
        append();
    }

    private void append() {
        if (unitEnd == 0) {
            return;
        }
        ByteBuffer units = gathered.duplicate().flip().limit(unitEnd);
        if (inParts) {
            intake.part(units, 0);
            intake.complete(unitDb);
            inParts = false;
        } else {
            intake.append(units, unitDb);
        }
        gathered.flip().position(unitEnd);
        gathered.compact();
        unitEnd = 0;
    }

    private void makeRoom() {
        append();
        if (!gathered.hasRemaining()) {
            inParts = true;
            intake.part(gathered.flip(), scanner.moreAtLeast());
            gathered.clear();
        }
    }

    @Override
    public void close() {
        intake.drop();
    }
}
