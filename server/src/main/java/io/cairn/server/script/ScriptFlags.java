package io.cairn.server.script;

import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a script has declared of itself, if {@code declared}: one without a first line {@code #!lua} is held to nothing until
 * it calls a command.
 *
 * <p><i>Immutable.</i>
 */
public record ScriptFlags(boolean declared, Set<Flag> flags) {
    /** A promise or a permission, under the name that scripts use. */
    public enum Flag {
        NO_WRITES,
        ALLOW_OOM,
        ALLOW_STALE,
        NO_CLUSTER,
        ALLOW_CROSS_SLOT_KEYS;

        String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    static final ScriptFlags NONE = new ScriptFlags(false, Set.of());

    /** Of a script or function that has declared these. */
    public ScriptFlags {
        flags = Set.copyOf(flags);
    }

    /** The flag of that name. */
    static Optional<Flag> named(String name) {
        return Stream.of(Flag.values())
                .filter(flag -> flag.wireName().equals(name))
                .findAny();
    }

    /** Whether it has the flag. */
    public boolean has(Flag flag) {
        return flags.contains(flag);
    }

    /** The flags' names as FUNCTION LIST shows them. */
    Reply names() {
        List<Reply> names = new ArrayList<>();
        for (Flag flag : Flag.values()) {
            if (has(flag)) {
                names.add(Reply.simple(flag.wireName()));
            }
        }
        return new Reply.Members(names);
    }
}
