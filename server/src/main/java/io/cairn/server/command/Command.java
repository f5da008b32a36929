package io.cairn.server.command;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of a command: everything that is known of it stands here, once. Arity check, key locking, COMMAND
 * INFO / DOCS and the generated pages derive from it.
 *
 * <p>{@code logged} are the forms in which a command that changed something is logged and replicated; none for commands that
 * change no key.
 *
 * <p>{@code elements} are those of its only key that it looks up, if it does so.
 *
 * <p>Arity counts the name; negative means at least. Names are lower case. A container (CLIENT, CONFIG) has subcommands
 * and no handler; a subcommand's full name is {@code client|list}, its arity counts both words.
 *
 * <p><i>Immutable.</i>
 */
public record Command(
        String name,
        int arity,
        Set<Flag> flags,
        Set<String> categories,
        List<KeySpec> keys,
        @Nullable ElementSpec elements,
        List<String> tips,
        String group,
        String since,
        String summary,
        String complexity,
        List<String> logged,
        @Nullable Handler handler,
        List<Command> subcommands) {
    /** One of the forms of {@link #logged}: the call itself. */
    public static final String AS_CALLED = "as it was called";

    /** Starts the declaration of a command. */
    public static Builder of(String name, int arity, Handler handler) {
        return new Builder(name, arity, handler);
    }

    /** Starts the declaration of a container that is a command too. */
    public static Builder container(String name, int arity, Handler handler) {
        return new Builder(name, arity, handler);
    }

    /** Starts the declaration of a container of subcommands, whose names are given without the container's. */
    public static Builder container(String name) {
        return new Builder(name, -2, null);
    }

    /** Whether it has the flag. */
    public boolean is(Flag flag) {
        return flags.contains(flag);
    }

    /** Whether a call must run while no other turn is under way. */
    public boolean isExclusive(byte[][] args) {
        if (is(Flag.EXCLUSIVE_WITH_DB)) {
            for (int i = 1; i < args.length; i++) {
                if (args[i].length == 2 && (args[i][0] | 0x20) == 'd' && (args[i][1] | 0x20) == 'b') {
                    return true; // or a key has that name, which does no harm
                }
            }
        }
        return is(Flag.EXCLUSIVE);
    }

    /** Whether {@code count} arguments (name included) are allowed. */
    public boolean accepts(int count) {
        return arity >= 0 ? count == arity : count >= -arity;
    }

    /** Collects a declaration. */
    public static final class Builder {
        private final String name;
        private final int arity;
        private final @Nullable Handler handler;
        private final Set<Flag> flags = EnumSet.noneOf(Flag.class);
        private final List<KeySpec> keys = new ArrayList<>();
        private @Nullable ElementSpec elements;
        private final List<String> tips = new ArrayList<>();
        private final List<String> extraCategories = new ArrayList<>();
        private final List<Builder> subcommands = new ArrayList<>();
        private final List<String> logged = new ArrayList<>();
        private String group = "generic";
        private String since = "1.0.0";
        private String summary = "";
        private String complexity = "O(1)";

        private Builder(String name, int arity, @Nullable Handler handler) {
            this.name = name;
            this.arity = arity;
            this.handler = handler;
        }

        /** Adds flags. Their ACL categories (write, read, fast or slow, admin, dangerous, ...) follow. */
        public Builder flags(Flag... more) {
            Collections.addAll(flags, more);
            return this;
        }

        /** Adds where keys are. */
        public Builder keys(KeySpec... more) {
            Collections.addAll(keys, more);
            return this;
        }

        /** Says which elements of its only key it looks up. */
        public Builder elements(ElementSpec named) {
            elements = named;
            return this;
        }

        /** Adds tips as COMMAND INFO shows them. */
        public Builder tips(String... more) {
            Collections.addAll(tips, more);
            return this;
        }

        /**
         * Says in which forms it is logged if that is not, or not only, {@link Command#AS_CALLED}: each a command in capitals,
         * then its arguments.
         */
        public Builder logs(String... forms) {
            Collections.addAll(logged, forms);
            return this;
        }

        /** Adds ACL categories that follow neither from flags nor from the group, without the {@code @}. */
        public Builder categories(String... more) {
            Collections.addAll(extraCategories, more);
            return this;
        }

        /** Group as in COMMAND DOCS: string, hash, list, set, sorted-set, geo, stream, generic, connection, server, transactions. */
        public Builder group(String name) {
            this.group = name;
            return this;
        }

        /** First Redis version with the command. */
        public Builder since(String version) {
            this.since = version;
            return this;
        }

        /** One sentence on what it does. */
        public Builder summary(String sentence) {
            this.summary = sentence;
            return this;
        }

        /** Complexity in O notation. */
        public Builder complexity(String notation) {
            this.complexity = notation;
            return this;
        }

        /** Adds a subcommand. */
        public Builder sub(Builder subcommand) {
            subcommands.add(subcommand);
            return this;
        }

        /** The declaration. */
        public Command build() {
            return build(null);
        }

        private Command build(@Nullable String container) {
            String fullName = container == null ? name : container + "|" + name;
            List<Command> subs = new ArrayList<>();
            for (Builder sub : subcommands) {
                if (sub.group.equals("generic")) {
                    sub.group = group;
                }
                subs.add(sub.build(fullName));
            }
            return new Command(
                    fullName.toLowerCase(Locale.ROOT),
                    arity,
                    Collections.unmodifiableSet(flags),
                    Categories.of(flags, handler == null ? "" : group, extraCategories),
                    List.copyOf(keys),
                    elements,
                    List.copyOf(tips),
                    group,
                    since,
                    summary,
                    complexity,
                    logged.isEmpty() && flags.contains(Flag.WRITE) ? List.of(AS_CALLED) : List.copyOf(logged),
                    handler,
                    List.copyOf(subs));
        }
    }
}
