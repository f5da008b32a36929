package io.cairn.server.command;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The ACL categories of a command: those that follow from its flags and its group, and those declared beside; one
 * declared with a minus does not follow after all.
 *
 * <p><i>Immutable.</i>
 */
final class Categories {
    private Categories() {}

    static Set<String> of(Set<Flag> flags, String group, List<String> declared) {
        Set<String> categories = new TreeSet<>(declared);
        if (flags.contains(Flag.WRITE)) {
            categories.add("write");
        }
        if (flags.contains(Flag.READONLY) && !declared.contains("scripting")) {
            categories.add("read");
        }
        if (flags.contains(Flag.ADMIN)) {
            categories.add("admin");
            categories.add("dangerous");
        }
        if (flags.contains(Flag.PUBSUB)) {
            categories.add("pubsub");
        }
        if (flags.contains(Flag.BLOCKING)) {
            categories.add("blocking");
        }
        categories.add(flags.contains(Flag.FAST) ? "fast" : "slow");
        switch (group) {
            case "string", "bitmap", "hyperloglog", "hash", "list", "set", "geo", "stream", "connection" ->
                categories.add(group);
            case "sorted-set" -> categories.add("sortedset");
            case "generic" -> {
                if (!declared.contains("connection")) { // WAIT
                    categories.add("keyspace");
                }
            }
            case "transactions" -> categories.add("transaction");
            default -> {}
        }
        for (String category : declared) {
            if (category.startsWith("-")) {
                categories.remove(category);
                categories.remove(category.substring(1));
            }
        }
        return Collections.unmodifiableSet(categories);
    }
}
