package io.cairn.server.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Puts a command together.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public final class CommandBuilder {
    private final Random random;
    private final List<byte[]> args = new ArrayList<>();

    private CommandBuilder(Random random, String name) {
        this.random = random;
        args.add(Draw.anyCase(random, name));
    }

    /** Begins a command. */
    public static CommandBuilder of(Random random, String name) {
        return new CommandBuilder(random, name);
    }

    /** Adds a word, in any case. */
    public CommandBuilder word(String word) {
        args.add(Draw.anyCase(random, word));
        return this;
    }

    /** Adds arguments. */
    public CommandBuilder arg(byte[]... more) {
        args.addAll(List.of(more));
        return this;
    }

    /** Adds a key. */
    public CommandBuilder key() {
        return arg(Draw.key(random));
    }

    /** Adds {@code from} to {@code to} keys. */
    public CommandBuilder keys(int from, int to) {
        for (int left = from + random.nextInt(to - from + 1); left > 0; left--) {
            key();
        }
        return this;
    }

    /** Adds a value. */
    public CommandBuilder value() {
        return arg(Draw.value(random));
    }

    /** Adds a word that meets again: a field, a member, a list item. */
    public CommandBuilder element() {
        return arg(Draw.word(random));
    }

    /** Adds an option once in {@code n} times. */
    public CommandBuilder maybe(int n, String word) {
        return Draw.oneIn(random, n) ? word(word) : this;
    }

    /** The command; once in 60 times with an argument too few, once in 60 with one too many. */
    public byte[][] build() {
        int mischief = random.nextInt(60);
        if (mischief == 0 && args.size() > 1) {
            args.remove(args.size() - 1);
        } else if (mischief == 1) {
            value();
        }
        return args.toArray(new byte[0][]);
    }
}
