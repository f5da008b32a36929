package io.cairn.server.differential;

import io.cairn.server.command.Doubles;
import io.cairn.server.command.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Replies as plain values, as {@link Subject} describes them.
 *
 * <p><i>Immutable.</i>
 */
public final class Answers {
    /** Numbers greater than this are times of the present. */
    private static final long FAR_MILLIS = 1_000_000_000_000L;

    private static final Set<String> HIDDEN = Set.of("$idle", "$seen-time", "$radix-tree-nodes");

    private Answers() {}

    /** What a RESP2 client sees of a reply. */
    public static Object of(Reply reply) {
        if (reply instanceof Reply.Simple simple) {
            return "+" + simple.text();
        } else if (reply instanceof Reply.Error error) {
            return error(error.text());
        } else if (reply instanceof Reply.Int integer) {
            return integer.value();
        } else if (reply instanceof Reply.Bulk bulk) {
            return "$" + new String(bulk.bytes(), bulk.from(), bulk.to() - bulk.from(), StandardCharsets.ISO_8859_1);
        } else if (reply instanceof Reply.Null || reply instanceof Reply.NullArray) {
            return Subject.NIL;
        } else if (reply instanceof Reply.Array array) {
            return list(array.items());
        } else if (reply instanceof Reply.Pairs pairs) {
            return list(pairs.items());
        } else if (reply instanceof Reply.Members members) {
            return list(members.items());
        } else if (reply instanceof Reply.Real real) {
            return "$" + new String(Doubles.format(real.value()), StandardCharsets.ISO_8859_1);
        } else if (reply instanceof Reply.Digits digits) {
            return "$" + new String(digits.text(), StandardCharsets.ISO_8859_1);
        } else if (reply instanceof Reply.Bool bool) {
            return bool.value() ? 1L : 0L;
        }
        throw new IllegalArgumentException("not compared: " + reply);
    }

    /** An error line up to the first byte that is no printable ASCII: what follows is not compared. */
    static String error(String text) {
        return "-" + text.replaceFirst("(?s)[^ -~].*", "");
    }

    private static List<Object> list(List<? extends Reply> items) {
        List<Object> list = new ArrayList<>(items.size());
        items.forEach(item -> list.add(of(item)));
        return list;
    }

    /** The same answer with nothing for times and for the inner life of streams: XINFO and XPENDING. */
    public static Object timeless(Object answer) {
        if (!(answer instanceof List<?> items)) {
            return answer instanceof Long number && number > FAR_MILLIS ? "time" : answer;
        }
        List<Object> timeless = new ArrayList<>();
        boolean pending = items.size() == 4 && items.get(2) instanceof Long && items.get(3) instanceof Long;
        for (int i = 0; i < items.size(); i++) {
            boolean hidden = pending && i == 2 || i % 2 == 1 && HIDDEN.contains(items.get(i - 1));
            timeless.add(hidden ? "hidden" : timeless(items.get(i)));
        }
        return timeless;
    }

    /** The same answer with the items of a list in order. */
    public static Object sorted(Object answer) {
        if (!(answer instanceof List<?> items)) {
            return answer;
        }
        List<Object> sorted = new ArrayList<>(items);
        sorted.sort(Comparator.comparing(Object::toString));
        return sorted;
    }

    /** The same answer with the pairs of a list in order. */
    public static Object sortedPairs(Object answer) {
        if (!(answer instanceof List<?> items)) {
            return answer;
        }
        List<Object> pairs = new ArrayList<>();
        for (int at = 0; at + 1 < items.size(); at += 2) {
            pairs.add(List.of(items.get(at), items.get(at + 1)));
        }
        return sorted(pairs);
    }

    /** Arguments for messages. */
    public static String text(byte[]... args) {
        StringBuilder text = new StringBuilder();
        for (byte[] arg : args) {
            text.append(text.isEmpty() ? "" : " ").append('"');
            for (byte b : arg) {
                if (b < ' ' || b == '"' || b == '\\' || b == 127) {
                    text.append(String.format(Locale.ROOT, "\\x%02x", b));
                } else {
                    text.append((char) b);
                }
            }
            text.append('"');
        }
        return text.toString();
    }
}
