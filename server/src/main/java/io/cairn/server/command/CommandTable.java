package io.cairn.server.command;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All commands, found by name in whatever case without making a string.
 *
 * <p>Life cycle: {@link #CommandTable(List)} takes the families' declarations; from then on it does not change.
 *
 * <p><i>Immutable.</i>
 */
public final class CommandTable {
    private final List<Entry> all = new ArrayList<>();
    private final List<Entry> top;
    private final Names names;

    /**
     * A command, with what its declaration means to the dispatcher worked out.
     *
     * <p><i>Immutable.</i>
     */
    public static final class Entry {
        private static final int NO_KEY = 0;
        private static final int MANY_KEYS = -1;

        private final Command command;
        private final int index;
        private final byte[] name;
        private final @Nullable Names subcommands;
        private final int flags;
        private final int onlyKey;
        private final boolean plain;
        private final @Nullable ElementSpec elements;

        private Entry(Command command, int index, String ownName, @Nullable Names subcommands) {
            this.command = command;
            this.index = index;
            this.name = ownName.getBytes(StandardCharsets.US_ASCII);
            this.subcommands = subcommands;
            int bits = 0;
            for (Flag flag : command.flags()) {
                bits |= 1 << flag.ordinal();
            }
            flags = bits;
            onlyKey = onlyKey(command.keys());
            elements = command.elements();
            if (elements != null && onlyKey <= NO_KEY) {
                throw new IllegalArgumentException("'" + command.name() + "' names elements, but not one key");
            }
            plain = onlyKey != NO_KEY
                    && (is(Flag.WRITE) || is(Flag.READONLY))
                    && !is(Flag.EXCLUSIVE)
                    && !is(Flag.EXCLUSIVE_WITH_DB)
                    && !is(Flag.OFF_LOOP)
                    && !is(Flag.WHOLE_KEYSPACE)
                    && !is(Flag.BLOCKING);
        }

        private static int onlyKey(List<KeySpec> specs) {
            if (specs.isEmpty()) {
                return NO_KEY;
            }
            KeySpec first = specs.get(0);
            boolean one = specs.size() == 1 && first.find() == KeySpec.Find.RANGE && first.last() == first.begin();
            return one ? first.begin() : MANY_KEYS;
        }

        /** The declaration. */
        public Command command() {
            return command;
        }

        /** Number of the command in the table, from 0. */
        public int index() {
            return index;
        }

        /** Whether the command has the flag. */
        public boolean is(Flag flag) {
            return (flags & 1 << flag.ordinal()) != 0;
        }

        /** Whether it is a container of subcommands. */
        public boolean isContainer() {
            return subcommands != null;
        }

        /** Whether the command's keys must be locked before it runs: it writes, or reads several keys as one. */
        public boolean locks() {
            return onlyKey == MANY_KEYS || onlyKey != NO_KEY && is(Flag.WRITE);
        }

        /** Whether a call must run while no other turn is under way. */
        public boolean isExclusive(byte[][] args) {
            return (is(Flag.EXCLUSIVE) || is(Flag.EXCLUSIVE_WITH_DB)) && command.isExclusive(args);
        }

        /** Whether it works on the keys it names and on nothing else, so that it may run on any thread. */
        public boolean isPlain() {
            return plain;
        }

        /** Index of the only key that calls of the command have; 0 if they have none, -1 if they may have more. */
        public int onlyKey() {
            return onlyKey;
        }

        /** Elements of the only key that calls of the command look up; null if they do not. */
        public @Nullable ElementSpec elements() {
            return elements;
        }

        @Override
        public String toString() {
            return command.name();
        }
    }

    /** A table of the declared commands. */
    public CommandTable(List<Command> commands) {
        List<Command> sorted = new ArrayList<>(commands);
        sorted.sort(Comparator.comparing(Command::name));
        Set<String> seen = new HashSet<>();
        List<Entry> entries = new ArrayList<>();
        for (Command command : sorted) {
            if (!seen.add(command.name())) {
                throw new IllegalArgumentException("command '" + command.name() + "' is declared twice");
            }
            Names subs = null;
            if (!command.subcommands().isEmpty()) {
                List<Entry> subEntries = new ArrayList<>();
                for (Command sub : command.subcommands()) {
                    Entry entry = new Entry(
                            sub, all.size(), sub.name().substring(sub.name().indexOf('|') + 1), null);
                    all.add(entry);
                    subEntries.add(entry);
                }
                subs = new Names(subEntries);
            }
            Entry entry = new Entry(command, all.size(), command.name(), subs);
            all.add(entry);
            entries.add(entry);
        }
        top = Collections.unmodifiableList(entries);
        names = new Names(entries);
    }

    /** Commands and subcommands. */
    public List<Entry> all() {
        return Collections.unmodifiableList(all);
    }

    /** Commands without subcommands of containers. */
    public List<Entry> commands() {
        return top;
    }

    /** The command or container of that name, or null. */
    public @Nullable Entry find(byte[] name) {
        return names.find(name);
    }

    /**
     * The command that a request calls: a container's subcommand where it names one, else null or the container itself
     * (whose {@link Entry#isContainer()} is true).
     */
    public @Nullable Entry find(byte[][] args) {
        Entry entry = names.find(args[0]);
        if (entry == null || entry.subcommands == null || args.length < 2) {
            return entry;
        }
        Entry sub = entry.subcommands.find(args[1]);
        return sub == null ? entry : sub;
    }

    /** Open addressing by a hash that does not see the case of letters. */
    private static final class Names {
        private final @Nullable Entry[] slots;

        Names(List<Entry> entries) {
            slots = new Entry[Integer.highestOneBit(Math.max(entries.size(), 2)) * 4];
            for (Entry entry : entries) {
                int at = hash(entry.name) & slots.length - 1;
                while (slots[at] != null) {
                    at = at + 1 & slots.length - 1;
                }
                slots[at] = entry;
            }
        }

        @Nullable
        Entry find(byte[] name) {
            for (int at = hash(name) & slots.length - 1; ; at = at + 1 & slots.length - 1) {
                Entry entry = slots[at];
                if (entry == null || matches(entry.name, name)) {
                    return entry;
                }
            }
        }

        private static int hash(byte[] name) {
            int hash = name.length;
            for (byte b : name) {
                hash = hash * 31 + (b | 0x20);
            }
            return hash ^ hash >>> 15;
        }

        private static boolean matches(byte[] lower, byte[] name) {
            if (lower.length != name.length) {
                return false;
            }
            for (int i = 0; i < lower.length; i++) {
                int c = name[i];
                if (lower[i] != (c >= 'A' && c <= 'Z' ? c + 32 : c)) {
                    return false;
                }
            }
            return true;
        }
    }
}
