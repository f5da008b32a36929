package io.cairn.snapshot.rdb;

/** The numbers of the RDB format: opcodes, types, kinds of lengths and strings. */
final class RdbCodes {
    static final int NEWEST_READ = 12;
    static final int WRITTEN = 9;
    /** The version of Valkey 9, whose numbers are counted apart from Redis's. */
    static final int VALKEY = 80;
    /** Streams before this version end without a checksum. */
    static final int FIRST_WITH_CHECKSUM = 5;

    static final int OPCODE_SLOT_INFO = 244;
    static final int OPCODE_FUNCTION2 = 245;
    static final int OPCODE_FUNCTION_PRE_GA = 246;
    static final int OPCODE_MODULE_AUX = 247;
    static final int OPCODE_IDLE = 248;
    static final int OPCODE_FREQ = 249;
    static final int OPCODE_AUX = 250;
    static final int OPCODE_RESIZEDB = 251;
    static final int OPCODE_EXPIRETIME_MS = 252;
    static final int OPCODE_EXPIRETIME = 253;
    static final int OPCODE_SELECTDB = 254;
    static final int OPCODE_EOF = 255;

    static final int TYPE_STRING = 0;
    static final int TYPE_LIST = 1;
    static final int TYPE_SET = 2;
    static final int TYPE_ZSET = 3;
    static final int TYPE_HASH = 4;
    static final int TYPE_ZSET_2 = 5;
    static final int TYPE_HASH_ZIPMAP = 9;
    static final int TYPE_LIST_ZIPLIST = 10;
    static final int TYPE_SET_INTSET = 11;
    static final int TYPE_ZSET_ZIPLIST = 12;
    static final int TYPE_HASH_ZIPLIST = 13;
    static final int TYPE_LIST_QUICKLIST = 14;
    static final int TYPE_STREAM = 15;
    static final int TYPE_HASH_LISTPACK = 16;
    static final int TYPE_ZSET_LISTPACK = 17;
    static final int TYPE_LIST_QUICKLIST_2 = 18;
    static final int TYPE_STREAM_2 = 19;
    static final int TYPE_SET_LISTPACK = 20;
    static final int TYPE_STREAM_3 = 21;
    static final int TYPE_HASH_METADATA_PRE_GA = 22;
    static final int TYPE_HASH_LISTPACK_EX_PRE_GA = 23;
    static final int TYPE_HASH_METADATA = 24;
    static final int TYPE_HASH_LISTPACK_EX = 25;
    /** In Valkey's streams. */
    static final int TYPE_VALKEY_HASH_2 = 22;

    static final int LENGTH_32_BIT = 0x80;
    static final int LENGTH_64_BIT = 0x81;

    static final int STRING_INT8 = 0;
    static final int STRING_INT16 = 1;
    static final int STRING_INT32 = 2;
    static final int STRING_LZF = 3;

    static final int MODULE_EOF = 0;
    static final int MODULE_SINT = 1;
    static final int MODULE_UINT = 2;
    static final int MODULE_FLOAT = 3;
    static final int MODULE_DOUBLE = 4;
    static final int MODULE_STRING = 5;

    static final int QUICKLIST_PLAIN = 1;
    static final int QUICKLIST_PACKED = 2;

    private RdbCodes() {}

    static boolean isSupportedType(int type) {
        return type >= 0 && type <= TYPE_ZSET_2 || type >= TYPE_HASH_ZIPMAP && type <= TYPE_HASH_LISTPACK_EX;
    }

    /** What a type is called in messages. */
    static String typeName(int type) {
        return switch (type) {
            case TYPE_STRING -> "string";
            case TYPE_LIST -> "list";
            case TYPE_SET -> "set";
            case TYPE_ZSET -> "sorted set with text scores";
            case TYPE_HASH -> "hash";
            case TYPE_ZSET_2 -> "sorted set";
            case 6 -> "module value of the first kind";
            case 7 -> "module value";
            case TYPE_HASH_ZIPMAP -> "zipmap hash";
            case TYPE_LIST_ZIPLIST -> "ziplist list";
            case TYPE_SET_INTSET -> "intset set";
            case TYPE_ZSET_ZIPLIST -> "ziplist sorted set";
            case TYPE_HASH_ZIPLIST -> "ziplist hash";
            case TYPE_LIST_QUICKLIST -> "quicklist of ziplists";
            case TYPE_STREAM, TYPE_STREAM_2, TYPE_STREAM_3 -> "stream";
            case TYPE_HASH_LISTPACK -> "listpack hash";
            case TYPE_ZSET_LISTPACK -> "listpack sorted set";
            case TYPE_LIST_QUICKLIST_2 -> "quicklist of listpacks";
            case TYPE_SET_LISTPACK -> "listpack set";
            case 22, 23, 24, 25 -> "hash with expiring fields";
            default -> "unknown";
        };
    }
}
