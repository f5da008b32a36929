package io.cairn.engine;

import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.rows.StorageException;
import io.cairn.engine.stream.StreamEndedException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a replica's log, where its link appends what the primary sends; the {@link Applier} follows.
 *
 * <p>Who may append is asked with each append, while no change of role or of keyspace is under way.
 *
 * <p><i>Confined to the link thread.</i>
 */
public final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    private final KeyspaceHandle handle;
    private final Applier applier;
    private final BooleanSupplier isCurrent;
    private final LongSupplier wallMillis;
    private @Nullable Keyspace partsOf;

    Intake(KeyspaceHandle handle, Applier applier, BooleanSupplier isCurrent, LongSupplier wallMillis) {
        this.handle = handle;
        this.applier = applier;
        this.isCurrent = isCurrent;
        this.wallMillis = wallMillis;
    }

    /**
     * Appends whole units, as one record.
     *
     * @param dbAfter database that the stream has selected after them
     * @throws StreamEndedException if this link's stream is not wanted any more
     * @throws StorageException if they could not be appended: nothing of them is in the log
     */
    public void append(ByteBuffer units, int dbAfter) {
        handle.shared(() -> current().receive(units, dbAfter, wallMillis.getAsLong()));
        applier.wake();
    }

    /**
     * Takes a part of a unit that is too large to be held until it is whole. It is seen by nobody before {@link
     * #complete}.
     *
     * @param moreAtLeast bytes that are known to follow
     */
    public void part(ByteBuffer part, long moreAtLeast) {
        handle.shared(() -> {
            Keyspace keyspace = current();
            partsOf = keyspace;
            keyspace.receivePart(part, moreAtLeast);
        });
    }

    /** Appends the parts as one record. */
    public void complete(int dbAfter) {
        handle.shared(() -> current().completeParts(dbAfter, wallMillis.getAsLong()));
        partsOf = null;
        applier.wake();
    }

    /** Forgets parts that do not become whole: the connection ended. */
    public void drop() {
        Keyspace keyspace = partsOf;
        partsOf = null;
        if (keyspace != null) {
            try {
                keyspace.dropParts();
            } catch (StorageException e) {
                LOG.warn("part of a unit could not be cut off, the log does so before it is next written", e);
            }
        }
    }

    /** Bytes that are logged and not applied. */
    public long lagBytes() {
        return handle.keyspace().lagBytes();
    }

    private Keyspace current() {
        if (!isCurrent.getAsBoolean()) {
            throw new StreamEndedException();
        }
        return handle.keyspace();
    }
}
