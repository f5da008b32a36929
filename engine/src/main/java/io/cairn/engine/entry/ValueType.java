package io.cairn.engine.entry;

/**
 * The types of values; the code is stored on disk and never changes.
 *
 * <p><i>Immutable.</i>
 */
public enum ValueType {
    STRING("string", 0),
    LIST("list", 1),
    SET("set", 2),
    ZSET("zset", 3),
    HASH("hash", 4),
    STREAM("stream", 5);

    private final String typeName;
    private final int code;

    ValueType(String typeName, int code) {
        this.typeName = typeName;
        this.code = code;
    }

    /** The name as the TYPE command gives it. */
    public String typeName() {
        return typeName;
    }

    /** The code in a meta row. */
    public int code() {
        return code;
    }

    /** The type of a code in a meta row, 0 to 5. */
    public static ValueType of(int code) {
        return switch (code) {
            case 0 -> STRING;
            case 1 -> LIST;
            case 2 -> SET;
            case 3 -> ZSET;
            case 4 -> HASH;
            case 5 -> STREAM;
            default -> throw new IllegalArgumentException("no value type has code " + code);
        };
    }
}
