package io.cairn.engine.types;

import io.cairn.engine.rows.RocksOptions;
import io.cairn.engine.rows.RocksRowStore;
import io.cairn.engine.rows.RowStore;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The models of the types over the store on disk; on their own they run over the one in memory. */
class TypesOnDiskTest {
    private static RowStore open(Path directory) {
        return RocksRowStore.open(directory.resolve("rows"), RocksOptions.small());
    }

    @Nested
    class OfStrings extends StringsModelTest {
        @TempDir
        Path directory;

        @Override
        RowStore openStore() {
            return open(directory);
        }
    }

    @Nested
    class OfHashes extends HashesModelTest {
        @TempDir
        Path directory;

        @Override
        RowStore openStore() {
            return open(directory);
        }
    }

    @Nested
    class OfSets extends SetsModelTest {
        @TempDir
        Path directory;

        @Override
        RowStore openStore() {
            return open(directory);
        }
    }

    @Nested
    class OfLists extends ListsModelTest {
        @TempDir
        Path directory;

        @Override
        RowStore openStore() {
            return open(directory);
        }
    }

    @Nested
    class OfSortedSets extends SortedSetsModelTest {
        @TempDir
        Path directory;

        @Override
        RowStore openStore() {
            return open(directory);
        }
    }

    @Nested
    class OfStreams extends StreamsModelTest {
        @TempDir
        Path directory;

        @Override
        RowStore openStore() {
            return open(directory);
        }
    }

    @Nested
    class OfRanks extends ScoreIndexTest {
        @TempDir
        Path directory;

        @Override
        RowStore openStore() {
            return open(directory);
        }
    }

    @Nested
    class OfLargeCollections extends LargeCollectionsTest {
        @TempDir
        Path directory;

        @Override
        RowStore openStore() {
            return open(directory);
        }
    }
}
