package io.cairn.server.differential;

import io.cairn.engine.keyspace.Announcements;
import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.RowStore;
import io.cairn.engine.stream.CommandExecutor;
import io.cairn.engine.stream.StreamApplier;
import io.cairn.engine.stream.StreamParser;
import io.cairn.server.command.Call;
import io.cairn.server.command.Caller;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Flag;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import io.cairn.wal.FsDirectory;
import io.cairn.wal.SyncPolicy;
import io.cairn.wal.Wal;
import io.cairn.wal.WalOptions;
import io.cairn.wal.WalReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The commands over a keyspace with a log, in this process, run as the dispatcher runs them: keys locked, mistakes taken
 * back, many commands a turn.
 *
 * <p>What it logs can be read ({@link #effects}) and applied by another node ({@link #applyLogOf}).
 *
 * <p><i>Confined to the test's thread.</i>
 */
public final class Node implements Subject {
    private static final String ID = "0123456789012345678901234567890123456789";
    private static final int TURN_COMMANDS_MAX = 8;

    private final LongSupplier clock;
    private final Random random;
    private final Keyspace keyspace;
    private final Turn turn;
    private final Cursors cursors = new Cursors();
    private final KeyspaceHandle handle = new KeyspaceHandle();
    private final Wal wal;
    private int db;
    private int commandsLeft;

    /**
     * A node over an empty store.
     *
     * @param directory for its log
     * @param clock wall clock in Unix milliseconds
     * @param random decides which commands share a turn
     */
    public Node(RowStore store, Path directory, LongSupplier clock, Random random) throws IOException {
        this.clock = clock;
        this.random = random;
        WalOptions options = WalOptions.defaults().withPolicy(SyncPolicy.NO);
        wal = Wal.open(FsDirectory.open(directory), options, clock, 0, () -> ID);
        keyspace = new Keyspace(store, wal, AppliedState.empty(wal.identity(), 16, 0, -1));
        handle.keyspace(keyspace);
        handle.limits(Limits.DEFAULT.withStreamNodeMaxEntries(1));
        turn = new Turn(handle, true);
    }

    @Override
    public Object call(byte[]... args) {
        return Answers.of(run(args));
    }

    /** Runs a command and gives the reply as it is. */
    public Reply run(byte[]... args) {
        if (commandsLeft-- <= 0) {
            turn.commit();
            commandsLeft = random.nextInt(TURN_COMMANDS_MAX);
        }
        try {
            if (name(args[0]).equals("select")) {
                db = Integer.parseInt(new String(args[1], StandardCharsets.US_ASCII));
                return Reply.OK;
            }
            return run(resolve(args), args);
        } catch (CommandException e) {
            return Reply.error(e.reply());
        }
    }

    /** Makes everything so far visible to others. */
    public void commit() {
        turn.commit();
    }

    /** Has all events of keys told to {@code announcements}, with each commit. */
    public void announceTo(Announcements announcements) {
        turn.commit();
        handle.announcements(announcements);
        handle.wantedEvents(-1);
    }

    /** The turn, for looking at rows. */
    public Turn turn() {
        turn.begin(clock.getAsLong());
        return turn;
    }

    /** Position of its log. */
    public long position() {
        turn.commit();
        return keyspace.end();
    }

    private Reply run(Command command, byte[][] args) {
        if (command.isExclusive(args)) {
            Reply[] reply = new Reply[1];
            turn.exclusively(clock.getAsLong(), () -> reply[0] = runUnit(command, args));
            return reply[0];
        }
        if (command.is(Flag.WHOLE_KEYSPACE)) {
            turn.commit();
        }
        turn.begin(clock.getAsLong());
        List<Integer> keys = KeySpec.keys(command.keys(), args);
        boolean mayHaveMany = command.keys().stream().anyMatch(spec -> spec.begin() != spec.last());
        if (command.is(Flag.WRITE) || keys.size() > 1 || mayHaveMany) {
            for (int key : keys) {
                if (!turn.tryLock(db, args[key])) {
                    throw new IllegalStateException("nobody else should hold a stripe");
                }
            }
        }
        return runUnit(command, args);
    }

    private Reply runUnit(Command command, byte[][] args) {
        Turn.Mark mark = turn.mark();
        turn.beginUnit(command.is(Flag.WRITE));
        try {
            Call call = new Call(turn, db, args, cursors);
            Reply reply = handle(command, call);
            call.finish();
            return reply;
        } catch (CommandException e) {
            turn.rollback(mark);
            return Reply.error(e.reply());
        } finally {
            turn.endUnit();
        }
    }

    private static Reply handle(Command command, Call call) {
        if (command.handler() == null) {
            throw new IllegalStateException(command.name() + " has no handler");
        }
        return command.handler().run(call);
    }

    private static String name(byte[] word) {
        return new String(word, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    }

    private static Command resolve(byte[][] args) {
        String name = name(args[0]);
        Command command =
                Families.command(name).orElseThrow(() -> new CommandException("ERR unknown command '" + name + "'"));
        if (!command.subcommands().isEmpty() && args.length > 1) {
            String full = name + "|" + name(args[1]);
            command = command.subcommands().stream()
                    .filter(sub -> sub.name().equals(full))
                    .findAny()
                    .orElseThrow(() -> new CommandException("ERR unknown subcommand '"
                            + new String(args[1], StandardCharsets.ISO_8859_1)
                            + "'. Try "
                            + name.toUpperCase(Locale.ROOT)
                            + " HELP."));
        }
        if (!command.accepts(args.length)) {
            throw new CommandException("ERR wrong number of arguments for '" + command.name() + "' command");
        }
        return command;
    }

    // ---- the log

    /** Commands logged from {@code position} on, as words; MULTI, EXEC and SELECT among them. */
    public List<byte[][]> effects(long position) {
        ByteBuffer bytes = log(position);
        StreamParser parser = new StreamParser();
        List<byte[][]> effects = new ArrayList<>();
        for (byte[][] next = parser.next(bytes); next != null; next = parser.next(bytes)) {
            effects.add(next);
        }
        return effects;
    }

    private ByteBuffer log(long position) {
        turn.commit();
        try (WalReader reader = wal.reader(position)) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(wal.end() - position));
            while (bytes.hasRemaining()) {
                reader.read(bytes);
            }
            return bytes.flip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Applies what another node has logged, as a replica does that has seen nothing yet. */
    public void applyLogOf(Node primary) {
        ByteBuffer bytes = primary.log(0);
        new StreamApplier(turn, new Executor(), offset -> {}, 0, -1).apply(bytes, clock.getAsLong());
        if (bytes.hasRemaining()) {
            throw new IllegalStateException("the last " + bytes.remaining() + " bytes are no whole command");
        }
    }

    @Override
    public void close() {
        turn.abandon();
        keyspace.close();
    }

    /** Runs what is in a stream; a command that fails there is a fault of ours. */
    private static final class Executor implements CommandExecutor {
        @Override
        public void execute(Turn turn, int db, byte[][] args) {
            try {
                handle(resolve(args), new Call(turn, db, args, null));
            } catch (CommandException e) {
                throw new IllegalStateException("logged, but fails: " + Answers.text(args), e);
            }
        }

        @Override
        public boolean isExclusive(byte[][] args) {
            return resolve(args).isExclusive(args);
        }

        @Override
        public void keys(byte[][] args, Consumer<byte[]> each) {
            KeySpec.keys(resolve(args).keys(), args).forEach(index -> each.accept(args[index]));
        }
    }

    private static final class Cursors implements Caller {
        private final Map<Long, byte[]> keys = new HashMap<>();

        @Override
        public int protocol() {
            return 2;
        }

        @Override
        public long rememberCursor(int db, byte[] lastKey) {
            keys.put(keys.size() + 1L, lastKey);
            return keys.size();
        }

        @Override
        public byte @Nullable [] recallCursor(int db, long cursor) {
            return keys.get(cursor);
        }
    }
}
