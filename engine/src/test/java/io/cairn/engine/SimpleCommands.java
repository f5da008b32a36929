package io.cairn.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.stream.CommandExecutor;
import io.cairn.engine.types.Strings;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * A command table of four: SET key value [PXAT ms], DEL key, UNLINK key, FLUSHALL; and a way to run them as a client would.
 *
 * <p><i>Thread-safe.</i>
 */
public final class SimpleCommands implements CommandExecutor {
    private static String name(byte[][] args) {
        return new String(args[0], US_ASCII).toUpperCase(Locale.ROOT);
    }

    @Override
    public void execute(Turn turn, int db, byte[][] args) {
        switch (name(args)) {
            case "SET" -> {
                long due = args.length > 4 ? Long.parseLong(new String(args[4], US_ASCII)) : MetaRow.NO_EXPIRY;
                turn.write(db, args[1]);
                Strings.set(turn, db, args[1], args[2], due);
            }
            case "DEL", "UNLINK" -> turn.set(db, args[1], null);
            case "FLUSHALL" -> {
                for (int each = 0; each < turn.databases(); each++) {
                    turn.flush(each);
                }
            }
            default -> throw new IllegalStateException("no command " + name(args));
        }
    }

    @Override
    public boolean isExclusive(byte[][] args) {
        return name(args).equals("FLUSHALL");
    }

    @Override
    public void keys(byte[][] args, Consumer<byte[]> each) {
        if (!isExclusive(args) && args.length > 1) {
            each.accept(args[1]);
        }
    }

    /** Runs a command in the turn as a client's: executed and logged, not committed. */
    public void run(Turn turn, long nowMillis, int db, String... words) {
        byte[][] args = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            args[i] = words[i].getBytes(US_ASCII);
        }
        turn.begin(nowMillis);
        if (isExclusive(args)) {
            turn.exclusively(nowMillis, () -> unit(turn, db, args));
        } else {
            if (!turn.tryLock(db, args[1])) {
                throw new IllegalStateException("key is locked");
            }
            unit(turn, db, args);
        }
    }

    private void unit(Turn turn, int db, byte[][] args) {
        turn.beginUnit(true);
        execute(turn, db, args);
        turn.effect(db, args);
        turn.endUnit();
    }
}
