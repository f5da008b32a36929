package io.cairn.engine.keyspace;

/**
 * Keys whose rows will be asked for soon: looked at together, they come from main memory into the processor's caches side
 * by side. A hint, no read: nothing depends on it.
 *
 * <p><i>Confined to the owning thread.</i>
 */
public final class RowFetch {
    private static final int MOST = 32;

    private final KeyspaceHandle handle;
    private Keyspace keyspace;
    private int namespace;
    private final int[] hashes = new int[MOST];
    private int count;
    private int seen; // kept, so that looking is not optimised away

    /** A fetch of rows of the keyspace in use. */
    public RowFetch(KeyspaceHandle handle) {
        this.handle = handle;
        this.keyspace = handle.keyspace();
    }

    /** Begins with no keys, of a database. */
    public void begin(int db) {
        keyspace = handle.keyspace();
        namespace = keyspace.state().namespace(db);
        count = 0;
    }

    /** Adds a key; those beyond a few dozen are left out. */
    public void add(byte[] key) {
        if (count < MOST) {
            hashes[count++] = KeyHash.of(namespace, key);
        }
    }

    /** Looks at the rows of what was added. */
    public void run() {
        if (count > 1) {
            seen += keyspace.store().touchMetas(namespace, hashes, count);
        }
    }

    @Override
    public String toString() {
        return "RowFetch " + seen;
    }
}
