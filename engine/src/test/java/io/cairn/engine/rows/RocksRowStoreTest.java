package io.cairn.engine.rows;

import java.nio.file.Path;

class RocksRowStoreTest extends RowStoreContract {
    @Override
    RowStore open(Path where) {
        return RocksRowStore.open(where, RocksOptions.small());
    }

    @Override
    RowStore reopened(RowStore open) {
        open.flush();
        open.close();
        return open(directory.resolve("rows"));
    }
}
