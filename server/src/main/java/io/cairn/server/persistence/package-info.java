/**
 * Snapshot files of the server: SAVE, BGSAVE, LASTSAVE, and the import of a dump file at the first start.
 */
@NullMarked
package io.cairn.server.persistence;

import org.jspecify.annotations.NullMarked;
