package io.cairn.engine.types;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.FunctionLibrary;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowView;
import io.cairn.engine.rows.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The libraries of functions of a keyspace: a row of SYSTEM each, beside all databases.
 *
 * <pre>
 *   SYSTEM key   := 'F' name
 *   SYSTEM value := format(1) = 1, code
 * </pre>
 *
 * They are changed in exclusive turns alone.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Libraries {
    private static final byte FORMAT = 1;
    private static final byte[] FROM = {'F'};
    private static final byte[] TO = {'F' + 1};

    private Libraries() {}

    private static byte[] key(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(1 + bytes.length).put(FROM).put(bytes).array();
    }

    private static byte[] row(byte[] code) {
        return ByteBuffer.allocate(1 + code.length).put(FORMAT).put(code).array();
    }

    private static FunctionLibrary library(byte[] row) {
        if (row.length == 0 || row[0] != FORMAT) {
            throw new StorageException("a library of functions is stored in an unknown format");
        }
        return FunctionLibrary.of(Arrays.copyOfRange(row, 1, row.length));
    }

    /** The library of that name, or null. */
    public static @Nullable FunctionLibrary find(Turn turn, String name) {
        byte[] row = turn.row(Family.SYSTEM, key(name));
        return row == null ? null : library(row);
    }

    /** All libraries, by name. */
    public static List<FunctionLibrary> all(Turn turn) {
        try (RowCursor cursor = turn.cursor(Family.SYSTEM, FROM, TO)) {
            return all(cursor);
        }
    }

    private static List<FunctionLibrary> all(RowCursor cursor) {
        List<FunctionLibrary> all = new ArrayList<>();
        for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
            all.add(library(cursor.value()));
        }
        return all;
    }

    /** Stores a library, in the place of one of the same name. */
    public static void put(Turn turn, FunctionLibrary library) {
        turn.putRow(Family.SYSTEM, key(library.name()), row(library.code()));
    }

    /** Deletes the library of that name. */
    public static void delete(Turn turn, String name) {
        turn.deleteRow(Family.SYSTEM, key(name));
    }

    /** Sends all stored libraries to the sink. */
    public static void drain(RowView view, EntrySink sink) throws IOException {
        List<FunctionLibrary> all;
        try (RowCursor cursor = view.cursor(Family.SYSTEM, FROM, TO, ReadMode.DISK)) {
            all = all(cursor);
        }
        for (FunctionLibrary library : all) {
            sink.library(library.code());
        }
    }

    /** Adds a library to a bulk load. */
    public static void load(RowBatch batch, byte[] code) {
        batch.put(Family.SYSTEM, key(FunctionLibrary.of(code).name()), row(code));
    }
}
