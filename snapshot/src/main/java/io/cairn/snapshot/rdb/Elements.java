package io.cairn.snapshot.rdb;

/**
 * The elements of a collection that an RDB holds as one blob. A blob is looked through when it is opened, so that what
 * comes out of {@link #next} can be relied on.
 */
interface Elements {
    /** How many there are. */
    int count();

    /** The next one, numbers as their decimal text; called {@link #count} times. */
    byte[] next();
}
