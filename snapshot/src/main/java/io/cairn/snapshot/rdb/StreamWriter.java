package io.cairn.snapshot.rdb;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.entry.StreamPart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes one stream after another into an RDB.
 *
 * <pre>
 *   stream   := nodes:length (16:length id listpack:str)* length last [first deleted added:length]
 *               groups:length group*
 *   group    := name:str last [read:length] pending:length (id millis:u64 deliveries:length)*
 *               consumers:length (name:str seen:u64 pending:length id*)*
 *   listpack := count deleted fields field* 0 entry*          the first node's entry gives id and fields
 *   entry    := flags millis sequence [fields] word* count    millis, sequence: behind the node's id
 * </pre>
 *
 * Ids as bytes are big endian, two lengths elsewhere. What stands in brackets belongs to type 19, which Redis has since
 * 7.0. A stream of which type 15 tells everything is written as that, so that older ones can load it.
 *
 * <p>How many nodes there are comes first. So all nodes but the last have the same number of entries, as many as are
 * sure to fit {@link #NODE_BYTES} when each is as wide as the widest.
 */
final class StreamWriter {
    private static final int NODE_BYTES = 16 << 10;
    private static final int NODE_ENTRIES_MAX = 100;
    private static final int SAME_FIELDS = 2;
    private static final int ID_BYTES = 16;

    private final RdbWriter out;
    private final ListpackBuilder listpack = new ListpackBuilder();
    private final List<StreamPart.Entry> node = new ArrayList<>();
    private int db;
    private byte[] key = {};
    private long expireAtMillis;
    private boolean plain;
    private int nodeEntries;
    private long entries;
    private boolean stated;
    private long groups;
    private long pending;
    private long consumers;
    private long claims;

    StreamWriter(RdbWriter out) {
        this.out = out;
    }

    void begin(int inDb, byte[] name, long expiry, long count) {
        if (count < 0) {
            throw new IllegalArgumentException("count=" + count);
        }
        db = inDb;
        key = name;
        expireAtMillis = expiry;
        entries = count;
        nodeEntries = 0;
        stated = false;
        groups = 0;
        pending = 0;
        consumers = 0;
        claims = 0;
    }

    void part(StreamPart part) throws IOException {
        if (part instanceof StreamPart.Head head) {
            head(head);
        } else if (part instanceof StreamPart.Entry entry) {
            expect(nodeEntries > 0 && entries-- > 0, part);
            node.add(entry);
            if (node.size() == nodeEntries || entries == 0) {
                writeNode();
            }
        } else if (part instanceof StreamPart.State state) {
            expect(nodeEntries > 0 && !stated && entries == 0, part);
            state(state);
        } else if (part instanceof StreamPart.Group group) {
            expect(stated && groups-- > 0 && isBetween(), part);
            group(group);
        } else if (part instanceof StreamPart.Pending one) {
            expect(pending-- > 0, part);
            out.id(one.id());
            out.longLittleEndian(one.deliveredMillis());
            out.number(one.deliveries());
        } else if (part instanceof StreamPart.Consumers all) {
            expect(consumers == -1 && pending == 0, part);
            consumers = all.count();
            out.number(consumers);
        } else if (part instanceof StreamPart.Consumer consumer) {
            expect(consumers-- > 0 && claims == 0, part);
            out.text(consumer.name());
            out.longLittleEndian(consumer.seenMillis());
            claims = consumer.pending();
            out.number(claims);
        } else if (part instanceof StreamPart.Claimed claimed) {
            expect(claims-- > 0, part);
            out.id(claimed.id());
        }
    }

    private boolean isBetween() {
        return pending == 0 && consumers == 0 && claims == 0;
    }

    private static void expect(boolean expected, @Nullable StreamPart part) {
        if (!expected) {
            throw new IllegalStateException("out of order or too many or too few: " + part);
        }
    }

    void end() {
        expect(stated && groups == 0 && isBetween(), null);
    }

    private void head(StreamPart.Head head) throws IOException {
        expect(nodeEntries == 0, head);
        plain = head.plain();
        nodeEntries = Math.max(1, Math.min(NODE_ENTRIES_MAX, NODE_BYTES / Math.max(1, head.widestBytes())));
        out.key(db, key, expireAtMillis, plain ? RdbCodes.TYPE_STREAM : RdbCodes.TYPE_STREAM_2);
        out.number((entries + nodeEntries - 1) / nodeEntries);
    }

    private void writeNode() throws IOException {
        StreamPart.Entry master = node.get(0);
        int fields = master.words().length / 2;
        listpack.clear();
        listpack.add(node.size());
        listpack.add(0);
        listpack.add(fields);
        for (int i = 0; i < fields; i++) {
            listpack.add(master.words()[2 * i]);
        }
        listpack.add(0);
        for (StreamPart.Entry entry : node) {
            entry(master, entry);
        }
        node.clear();
        out.number(ID_BYTES);
        out.id(master.id());
        out.text(listpack.build());
    }

    private void entry(StreamPart.Entry master, StreamPart.Entry entry) {
        byte[][] words = entry.words();
        boolean same = hasFieldsOf(master.words(), words);
        listpack.add(same ? SAME_FIELDS : 0);
        listpack.add(entry.id().millis() - master.id().millis());
        listpack.add(entry.id().sequence() - master.id().sequence());
        if (!same) {
            listpack.add(words.length / 2);
        }
        for (int i = same ? 1 : 0; i < words.length; i += same ? 2 : 1) {
            listpack.add(words[i]);
        }
        listpack.add(same ? words.length / 2 + 3 : words.length + 4);
    }

    private static boolean hasFieldsOf(byte[][] master, byte[][] words) {
        if (master.length != words.length) {
            return false;
        }
        for (int i = 0; i < words.length; i += 2) {
            if (!Arrays.equals(master[i], words[i])) {
                return false;
            }
        }
        return true;
    }

    private void state(StreamPart.State state) throws IOException {
        out.number(state.length());
        numbers(state.lastId());
        if (!plain) {
            numbers(state.firstId());
            numbers(state.maxDeletedId());
            out.number(state.entriesAdded());
        }
        groups = state.groups();
        out.number(groups);
        stated = true;
    }

    private void group(StreamPart.Group group) throws IOException {
        out.text(group.name());
        numbers(group.lastId());
        if (!plain) {
            out.number(group.entriesRead());
        }
        pending = group.pending();
        consumers = -1;
        out.number(pending);
    }

    private void numbers(StreamId id) throws IOException {
        out.number(id.millis());
        out.number(id.sequence());
    }

    /** An id as it stands in keys. */
    static byte[] bytes(StreamId id) {
        return ByteBuffer.allocate(ID_BYTES)
                .putLong(id.millis())
                .putLong(id.sequence())
                .array();
    }
}
