package io.cairn.server.script;

import io.cairn.server.command.Doubles;
import io.cairn.server.command.Reply;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import party.iroiro.luajava.Lua;

/**
 * Values on their way between a Lua stack and the server, by the conversions that Redis documents for scripts.
 *
 * <p>The binding takes strings as text that ends at the first zero byte. So a string that is not plain ASCII is pushed as a chunk
 * of Lua that returns it, which Lua reads byte for byte.
 *
 * <p><i>Confined to the thread that runs the interpreter.</i>
 */
final class LuaValues {
    private static final byte[] RETURN = "return \"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ZERO = "\\000".getBytes(StandardCharsets.US_ASCII);
    /** The field of an error that is not to be counted again, under Redis's name for it. */
    static final String COUNTED = "ignore_error_stats_update";

    private static final int KEPT_BYTES = 64 << 10;
    private static final int SLOTS = 8; // of Lua's stack that one level of a value takes at most
    private static final int MOST_DEPTH = 1000;
    private static final int FORMAT_CHARS = 3; // of a verbatim string, always
    private static final double TWO_TO_63 = 0x1p63;

    private ByteBuffer kept = ByteBuffer.allocateDirect(KEPT_BYTES);

    /** A value is nested too deep, or too large, for a reply. */
    static final class ConversionException extends RuntimeException {
        private static final long serialVersionUID = 1;

        ConversionException(String message) {
            super(message, null, false, false);
        }
    }

    // ---- to Lua

    void push(Lua lua, byte[] bytes) {
        push(lua, bytes, 0, bytes.length);
    }

    void push(Lua lua, byte[] bytes, int from, int to) {
        if (isPlain(bytes, from, to)) {
            lua.push(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
            return;
        }
        ByteBuffer chunk = chunk(bytes, from, to);
        lua.load(chunk, "=value");
        lua.pCall(0, 1);
    }

    private static boolean isPlain(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] <= 0) {
                return false;
            }
        }
        return true;
    }

    private ByteBuffer chunk(byte[] bytes, int from, int to) {
        long length = RETURN.length + 1L;
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            length += b == 0 ? ZERO.length : b == '"' || b == '\\' || b == '\n' || b == '\r' ? 2 : 1;
        }
        if (length > Integer.MAX_VALUE) {
            throw new ConversionException("value too large for a script");
        }
        ByteBuffer chunk = length <= KEPT_BYTES ? kept.clear() : ByteBuffer.allocateDirect((int) length);
        chunk.put(RETURN);
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b == 0) {
                chunk.put(ZERO);
            } else if (b == '\r') {
                chunk.put((byte) '\\').put((byte) 'r');
            } else if (b == '"' || b == '\\' || b == '\n') {
                chunk.put((byte) '\\').put(b);
            } else {
                chunk.put(b);
            }
        }
        return chunk.put((byte) '"').flip();
    }

    /** Pushes a list of strings as a table. */
    void push(Lua lua, List<byte[]> strings) {
        lua.checkStack(SLOTS);
        lua.createTable(strings.size(), 0);
        for (int i = 0; i < strings.size(); i++) {
            push(lua, strings.get(i));
            lua.rawSetI(-2, i + 1);
        }
    }

    /** Pushes a command's reply as it comes in the protocol version that the script has chosen. */
    void push(Lua lua, Reply reply, int protocol) {
        lua.checkStack(SLOTS);
        boolean old = protocol == 2;
        if (reply instanceof Reply.Bulk bulk) {
            push(lua, bulk.bytes(), bulk.from(), bulk.to());
        } else if (reply instanceof Reply.Int integer) {
            lua.push((Number) (double) integer.value());
        } else if (reply instanceof Reply.Array array) {
            pushAll(lua, array.items(), protocol);
        } else if (reply instanceof Reply.Null || reply instanceof Reply.NullArray) {
            if (old) {
                lua.push(false);
            } else {
                lua.pushNil();
            }
        } else if (reply instanceof Reply.Simple simple) {
            pushField(lua, "ok", simple.text().getBytes(StandardCharsets.UTF_8));
        } else if (reply instanceof Reply.Error error) {
            pushCommandError(lua, error.text());
        } else if (reply instanceof Reply.Real real) {
            pushDouble(lua, Doubles.format(real.value()), real.value(), old);
        } else if (reply instanceof Reply.Digits digits) {
            pushDouble(lua, digits.text(), old ? 0 : Doubles.parse(digits.text()), old);
        } else if (reply instanceof Reply.Pairs pairs) {
            pushPairs(lua, pairs.items(), protocol);
        } else if (reply instanceof Reply.Members members) {
            pushMembers(lua, members.items(), protocol);
        } else if (reply instanceof Reply.Bool bool) {
            if (old) {
                lua.push((Number) (bool.value() ? 1.0 : 0.0));
            } else {
                lua.push(bool.value());
            }
        } else if (reply instanceof Reply.Verbatim verbatim) {
            pushVerbatim(lua, verbatim, old);
        } else if (reply instanceof Reply.BigNumber number) {
            byte[] digits = number.digits().getBytes(StandardCharsets.US_ASCII);
            if (old) {
                push(lua, digits);
            } else {
                pushField(lua, "big_number", digits);
            }
        } else {
            throw new ConversionException(
                    "no value of Lua for " + reply.getClass().getSimpleName());
        }
    }

    private void pushAll(Lua lua, List<? extends Reply> items, int protocol) {
        lua.createTable(items.size(), 0);
        for (int i = 0; i < items.size(); i++) {
            push(lua, items.get(i), protocol);
            lua.rawSetI(-2, i + 1);
        }
    }

    private void pushField(Lua lua, String name, byte[] value) {
        lua.createTable(0, 1);
        lua.push(name);
        push(lua, value);
        lua.rawSet(-3);
    }

    /** Pushes what Lua sees of a command's error, which was counted when the command failed. */
    void pushCommandError(Lua lua, String text) {
        pushError(lua, text);
        lua.push(COUNTED);
        lua.push(true);
        lua.rawSet(-3);
    }

    /** Pushes what Lua sees of an error. */
    void pushError(Lua lua, String text) {
        pushField(lua, "err", text.getBytes(StandardCharsets.UTF_8));
    }

    private void pushDouble(Lua lua, byte[] digits, double value, boolean old) {
        if (old) {
            push(lua, digits);
            return;
        }
        lua.createTable(0, 1);
        lua.push("double");
        lua.push((Number) value);
        lua.rawSet(-3);
    }

    private void pushPairs(Lua lua, List<? extends Reply> items, int protocol) {
        if (protocol == 2) {
            pushAll(lua, items, protocol);
            return;
        }
        lua.createTable(0, 1);
        lua.push("map");
        lua.createTable(0, items.size() / 2);
        for (int i = 0; i < items.size(); i += 2) {
            push(lua, items.get(i), protocol);
            push(lua, items.get(i + 1), protocol);
            lua.rawSet(-3);
        }
        lua.rawSet(-3);
    }

    private void pushMembers(Lua lua, List<? extends Reply> items, int protocol) {
        if (protocol == 2) {
            pushAll(lua, items, protocol);
            return;
        }
        lua.createTable(0, 1);
        lua.push("set");
        lua.createTable(0, items.size());
        for (Reply item : items) {
            push(lua, item, protocol);
            lua.push(true);
            lua.rawSet(-3);
        }
        lua.rawSet(-3);
    }

    private void pushVerbatim(Lua lua, Reply.Verbatim verbatim, boolean old) {
        if (old) {
            push(lua, verbatim.text());
            return;
        }
        lua.createTable(0, 1);
        lua.push("verbatim_string");
        lua.createTable(0, 2);
        lua.push("format");
        lua.push(verbatim.format());
        lua.rawSet(-3);
        lua.push("string");
        push(lua, verbatim.text());
        lua.rawSet(-3);
        lua.rawSet(-3);
    }

    // ---- from Lua

    /** A string or number on the stack as the argument of a command; null if it is neither. */
    static byte @Nullable [] argument(Lua lua, int index) {
        Lua.LuaType type = lua.type(index);
        if (type == Lua.LuaType.NUMBER) {
            return Doubles.format(lua.toNumber(index));
        }
        return type == Lua.LuaType.STRING ? bytes(lua, index) : null;
    }

    /** The bytes of a string on the stack. */
    static byte[] bytes(Lua lua, int index) {
        ByteBuffer view = lua.toDirectBuffer(index);
        if (view == null) {
            throw new IllegalStateException("not a string");
        }
        byte[] bytes = new byte[view.remaining()];
        view.get(bytes);
        return bytes;
    }

    /** The text of a string on the stack. */
    static String text(Lua lua, int index) {
        return new String(bytes(lua, index), StandardCharsets.UTF_8);
    }

    /** The value on top of the stack as a reply, by the protocol version that the script has chosen; it is popped. */
    static Reply popReply(Lua lua, int protocol) {
        return popReply(lua, protocol, 0);
    }

    private static Reply popReply(Lua lua, int protocol, int depth) {
        Reply reply = switch (lua.type(-1)) {
            case STRING -> Reply.bulk(bytes(lua, -1));
            case NUMBER -> Reply.integer(truncated(lua.toNumber(-1)));
            case BOOLEAN -> truth(lua.toBoolean(-1), protocol);
            case TABLE -> table(lua, protocol, depth);
            default -> Reply.NULL;
        };
        lua.pop(1);
        return reply;
    }

    /** As a C program on x86-64 casts it. */
    private static long truncated(double value) {
        return value >= -TWO_TO_63 && value < TWO_TO_63 ? (long) value : Long.MIN_VALUE;
    }

    private static Reply truth(boolean value, int protocol) {
        if (protocol == 2) {
            return value ? Reply.ONE : Reply.NULL;
        }
        return new Reply.Bool(value);
    }

    private static Reply table(Lua lua, int protocol, int depth) {
        if (depth == MOST_DEPTH) {
            throw new ConversionException("ERR reached lua stack limit");
        }
        lua.checkStack(SLOTS);
        Reply special = special(lua, protocol, depth);
        if (special != null) {
            return special;
        }
        List<Reply> items = new ArrayList<>();
        for (int i = 1; ; i++) {
            lua.rawGetI(-1, i);
            if (lua.isNil(-1)) {
                lua.pop(1);
                return Reply.array(items);
            }
            items.add(popReply(lua, protocol, depth + 1));
        }
    }

    /** What a table with a field of a certain name stands for, or null. */
    private static @Nullable Reply special(Lua lua, int protocol, int depth) {
        if (hasField(lua, "err", Lua.LuaType.STRING)) {
            return Reply.error(popText(lua));
        }
        if (hasField(lua, "ok", Lua.LuaType.STRING)) {
            return Reply.simple(popText(lua));
        }
        if (hasField(lua, "double", Lua.LuaType.NUMBER)) {
            double value = lua.toNumber(-1);
            lua.pop(1);
            return Reply.real(value);
        }
        if (hasField(lua, "map", Lua.LuaType.TABLE)) {
            return new Reply.Pairs(popFields(lua, protocol, depth, true));
        }
        if (hasField(lua, "set", Lua.LuaType.TABLE)) {
            return new Reply.Members(popFields(lua, protocol, depth, false));
        }
        if (hasField(lua, "big_number", Lua.LuaType.STRING)) {
            return new Reply.BigNumber(popText(lua).replace('\r', ' ').replace('\n', ' '));
        }
        if (hasField(lua, "verbatim_string", Lua.LuaType.TABLE)) {
            return popVerbatim(lua);
        }
        return null;
    }

    /** Pushes a field of the table on top if it is of that type. */
    private static boolean hasField(Lua lua, String name, Lua.LuaType type) {
        lua.push(name);
        lua.rawGet(-2);
        if (lua.type(-1) == type) {
            return true;
        }
        lua.pop(1);
        return false;
    }

    private static String popText(Lua lua) {
        String text = text(lua, -1);
        lua.pop(1);
        return text;
    }

    /** Keys, and values if wanted, of the table on top, which is popped. */
    private static List<Reply> popFields(Lua lua, int protocol, int depth, boolean withValues) {
        List<Reply> fields = new ArrayList<>();
        lua.pushNil();
        while (lua.next(-2) != 0) {
            lua.pushValue(-2);
            fields.add(popReply(lua, protocol, depth + 1));
            if (withValues) {
                fields.add(popReply(lua, protocol, depth + 1));
            } else {
                lua.pop(1);
            }
        }
        lua.pop(1);
        return fields;
    }

    private static @Nullable Reply popVerbatim(Lua lua) {
        Reply reply = null;
        if (hasField(lua, "format", Lua.LuaType.STRING)) {
            String format = popText(lua);
            if (hasField(lua, "string", Lua.LuaType.STRING)) {
                byte[] text = bytes(lua, -1);
                lua.pop(1);
                reply = new Reply.Verbatim((format + "   ").substring(0, FORMAT_CHARS), text);
            }
        }
        lua.pop(1);
        return reply;
    }
}
