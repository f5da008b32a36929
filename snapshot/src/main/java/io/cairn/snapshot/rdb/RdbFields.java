package io.cairn.snapshot.rdb;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the auxiliary fields of a stream that is being read, the last of a name winning.
 *
 * <p><i>Confined to the reading thread.</i>
 */
public final class RdbFields implements RdbEvents {
    /** A stream has a dozen; more than this many are not kept. */
    private static final int MAX_FIELDS = 1024;

    private final Map<String, String> fields = new LinkedHashMap<>();
    private int version;

    @Override
    public void version(int version) {
        this.version = version;
    }

    @Override
    public void aux(String name, byte[] value) {
        if (fields.size() < MAX_FIELDS) {
            fields.put(name, new String(value, StandardCharsets.ISO_8859_1));
        }
    }

    /** The RDB version, 0 before the header was read. */
    public int version() {
        return version;
    }

    /** The value of a field, or null. */
    public @Nullable String field(String name) {
        return fields.get(name);
    }

    /** The replication position, if the stream says one. */
    public Optional<RdbOrigin> origin() {
        String id = fields.get("repl-id");
        String offset = fields.get("repl-offset");
        if (id == null || offset == null || id.length() != RdbOrigin.ID_CHARACTERS) {
            return Optional.empty();
        }
        try {
            int db = Integer.parseInt(fields.getOrDefault("repl-stream-db", "-1"));
            return Optional.of(new RdbOrigin(id, Long.parseLong(offset), db));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
