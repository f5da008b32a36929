package io.cairn.engine.types;

import io.cairn.engine.entry.StreamId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The next ids at a stream's front, read ahead for the commands of one turn: a stream that is kept at a length loses its
 * first entry with each one that it gets, and must know which is the first then.
 *
 * <p>Ids stand here as they follow each other in the stream, without a gap. The turn forgets them when it is committed or
 * takes something back; who deletes entries in the middle must say so ({@link #forget}).
 *
 * <p><i>Confined to the turn's thread.</i>
 */
final class StreamFront {
    private static final int AHEAD_MAX = 512;
    private static final int GROWTH = 8;

    private final StoredStream stream;
    private List<StreamId> ids = new ArrayList<>();
    private int at;
    private int ahead = 1; // more each time, since nobody knows how many commands will follow

    private StreamFront(StoredStream stream) {
        this.stream = stream;
    }

    /** What is known of the stream. */
    static StreamFront of(StoredStream stream) {
        StreamFront known = (StreamFront) stream.turn.ahead().get(stream.version);
        StreamFront front = new StreamFront(stream);
        if (known != null) {
            front.ids = known.ids;
            front.at = known.at;
            front.ahead = known.ahead;
        }
        stream.turn.ahead().put(stream.version, front);
        return front;
    }

    /** Entries of the stream other than the first were deleted. */
    static void forget(StoredStream stream) {
        stream.turn.ahead().remove(stream.version);
    }

    /** The id of the entry behind one that is there; null if it is the last. */
    @Nullable
    StreamId next(StreamId id) {
        while (at < ids.size() && !ids.get(at).equals(id)) {
            at++;
        }
        if (at + 1 >= ids.size()) {
            read(id);
        }
        return at + 1 < ids.size() ? ids.get(at + 1) : null;
    }

    private void read(StreamId from) {
        ids = new ArrayList<>(ahead + 1);
        at = 0;
        try (EntryCursor cursor = stream.range(from, StreamId.LAST, false)) {
            while (ids.size() <= ahead && cursor.next()) {
                ids.add(cursor.id());
            }
        }
        ahead = Math.min(AHEAD_MAX, ahead * GROWTH);
    }
}
