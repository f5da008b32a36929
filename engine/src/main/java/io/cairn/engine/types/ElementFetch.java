package io.cairn.engine.types;

import io.cairn.engine.keyspace.KeyHash;
import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.rows.RowHash;
import io.cairn.engine.rows.RowStore;
import java.util.Arrays;

/**
 * Elements of sets, hashes and sorted sets whose rows will be asked for soon: those of one collection are looked at together, so that
 * they come from main memory into the processor's caches side by side. A hint, no read: nothing depends on it.
 *
 * <p>Where they are is only known by the key's row, so the keys should be near already.
 *
 * <p><i>Confined to the owning thread.</i>
 */
public final class ElementFetch {
    private static final int MOST = 64;

    /** Of a key's row, so many bytes tell where its elements are and how many. */
    private static final int META_BYTES = 40;

    /** The rows of a smaller collection that is in use are near anyway. */
    private static final int FAR = 4096;

    /** Finding the place of a longer element would cost more than it saves. */
    private static final int ELEMENT_BYTES_MOST = 256;

    private static final byte[] NO_KEY = new byte[0];

    private final KeyspaceHandle handle;
    private final byte[][] elements = new byte[MOST][];
    private final int[] hashes = new int[MOST];
    private int namespace;
    private byte[] key = NO_KEY;
    private int count;
    private int room;
    private int seen; // kept, so that looking is not optimised away

    /** A fetch of rows of the keyspace in use. */
    public ElementFetch(KeyspaceHandle handle) {
        this.handle = handle;
    }

    /** Begins with no elements, of a database. */
    public void begin(int db) {
        namespace = handle.keyspace().state().namespace(db);
        key = NO_KEY;
        count = 0;
        room = MOST;
    }

    /** Adds an element of the collection at a key; false if there is no room for more. */
    public boolean add(byte[] collection, byte[] element) {
        if (room == 0) {
            return false;
        }
        if (element.length <= ELEMENT_BYTES_MOST) {
            if (!Arrays.equals(key, collection)) {
                run();
                key = collection;
            }
            elements[count++] = element;
            room--;
        }
        return true;
    }

    /** Looks at the rows of what was added. */
    public void run() {
        if (count > 1) {
            look();
        }
        count = 0;
        key = NO_KEY;
    }

    private void look() {
        Keyspace keyspace = handle.keyspace();
        RowStore store = keyspace.store();
        byte[] meta = store.glance(KeyHash.of(namespace, key), namespace, key, META_BYTES);
        if (meta == null || !MetaRow.inRows(meta) || ElementRows.count(meta) < FAR) {
            return;
        }
        long version = MetaRow.version(meta);
        for (int i = 0; i < count; i++) {
            hashes[i] = RowHash.of(ElementRows.key(version, elements[i]));
        }
        seen += store.touchElements(version, hashes, count);
    }

    @Override
    public String toString() {
        return "ElementFetch " + seen;
    }
}
