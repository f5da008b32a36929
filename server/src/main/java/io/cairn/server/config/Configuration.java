package io.cairn.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The values of all directives.
 *
 * <p>Life cycle: filled from file and command line by {@link ConfigFile}, then changed by {@link #set}, which is all or
 * nothing: every value is checked and every listener asked before it counts.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Configuration {
    /** Told that a directive is about to have a new value. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Acts on the new value.
         *
         * @throws ConfigException to refuse it; what this {@link Configuration#set} changed before is set back
         */
        void changed(String value);
    }

    private final Map<String, Directive> byName = new LinkedHashMap<>();
    private final Map<String, String> values = new ConcurrentHashMap<>();
    private final Map<String, List<Listener>> listeners = new ConcurrentHashMap<>();
    private volatile @Nullable Path file;

    /** All directives at their defaults. */
    public Configuration() {
        for (Directive directive : Directives.ALL) {
            byName.put(directive.name(), directive);
            directive.aliases().forEach(alias -> byName.put(alias, directive));
            values.put(directive.name(), directive.defaultValue());
        }
    }

    /** The file it was read from, or null. */
    public @Nullable Path file() {
        return file;
    }

    /** Says which file it was read from. */
    void file(Path path) {
        file = path;
    }

    /** The directive of a name or alias in whatever case, or null. */
    public @Nullable Directive find(String name) {
        return byName.get(name.toLowerCase(Locale.ROOT));
    }

    /** Names and aliases of all directives. */
    public Set<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }

    /** The value, as CONFIG GET replies it. */
    public String text(Directive directive) {
        String value = values.get(directive.name());
        if (value == null) {
            throw new IllegalArgumentException(directive.name() + " is not declared");
        }
        return value;
    }

    /** The value of a yes/no directive. */
    public boolean isYes(Directive directive) {
        return text(directive).equals("yes");
    }

    /** The value of a number or a memory size. */
    public long number(Directive directive) {
        return Long.parseLong(text(directive));
    }

    /** Calls {@code listener} with each new value; and now, with the present one. */
    public void follow(Directive directive, Listener listener) {
        listener.changed(text(directive));
        listeners
                .computeIfAbsent(directive.name(), name -> new CopyOnWriteArrayList<>())
                .add(listener);
    }

    /** Sets a directive as a line of the file does; before the server runs. */
    void load(Directive directive, List<String> words, boolean first) {
        String current = first && directive.accumulates() ? initial(directive) : text(directive);
        values.put(directive.name(), directive.parse(words, current));
    }

    private static String initial(Directive directive) {
        return directive.kind() == Directive.Kind.SAVE_POINTS ? "" : directive.defaultValue();
    }

    /** Sets a directive to a value that the server itself found (a new primary, a chosen port). */
    public void note(Directive directive, String value) {
        values.put(directive.name(), value);
    }

    /** A change that {@link #set} was asked for, with the name as the client wrote it. */
    public record Change(String name, String value) {}

    /**
     * Changes directives, all or none.
     *
     * @throws ConfigException the error of CONFIG SET, without its code
     */
    public synchronized void set(List<Change> changes) {
        Map<Directive, String> next = new LinkedHashMap<>();
        Set<Directive> seen = new HashSet<>();
        for (Change change : changes) {
            Directive directive = find(change.name());
            if (directive == null) {
                throw new ConfigException(
                        "Unknown option or number of arguments for CONFIG SET - '" + change.name() + "'");
            }
            if (!directive.mutable()) {
                throw failed(change.name(), "can't set immutable config");
            }
            if (!seen.add(directive)) {
                throw failed(change.name(), "duplicate parameter");
            }
            try {
                String current = directive.kind() == Directive.Kind.SAVE_POINTS ? "" : text(directive);
                next.put(directive, directive.parse(List.of(change.value()), current));
            } catch (ConfigException e) {
                throw failed(change.name(), String.valueOf(e.getMessage()));
            }
        }
        apply(next);
    }

    private void apply(Map<Directive, String> next) {
        List<Directive> done = new ArrayList<>();
        Map<Directive, String> before = new LinkedHashMap<>();
        for (Map.Entry<Directive, String> change : next.entrySet()) {
            Directive directive = change.getKey();
            before.put(directive, text(directive));
            done.add(directive);
            values.put(directive.name(), change.getValue());
            try {
                tell(directive, change.getValue());
            } catch (ConfigException e) {
                Collections.reverse(done);
                for (Directive undone : done) {
                    String old = String.valueOf(before.get(undone));
                    values.put(undone.name(), old);
                    tell(undone, old);
                }
                throw failed(directive.name(), String.valueOf(e.getMessage()));
            }
        }
    }

    private void tell(Directive directive, String value) {
        for (Listener listener : listeners.getOrDefault(directive.name(), List.of())) {
            listener.changed(value);
        }
    }

    private static ConfigException failed(String name, String reason) {
        return new ConfigException("CONFIG SET failed (possibly related to argument '" + name + "') - " + reason);
    }
}
