package io.cairn.server.command.admin;

import static io.cairn.server.command.Flag.EXCLUSIVE;
import static io.cairn.server.command.Flag.FAST;
import static io.cairn.server.command.Flag.READONLY;
import static io.cairn.server.command.Flag.WHOLE_KEYSPACE;
import static io.cairn.server.command.Flag.WRITE;

import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import java.util.List;

/**
 * FLUSHDB, FLUSHALL, SWAPDB, DBSIZE: whole databases. All in constant time; what a flush leaves is collected later.
 *
 * <p><i>Immutable.</i>
 */
public final class DatabaseCommands {
    private static final String[] EVERYWHERE = {"request_policy:all_shards", "response_policy:all_succeeded"};

    private DatabaseCommands() {}

    /** The declarations. */
    public static List<Command> commands() {
        return List.of(
                Command.of("flushdb", -1, DatabaseCommands::flushDb)
                        .flags(WRITE, EXCLUSIVE)
                        .tips(EVERYWHERE)
                        .categories("keyspace", "dangerous")
                        .group("server")
                        .summary("Removes all keys of the database.")
                        .build(),
                Command.of("flushall", -1, DatabaseCommands::flushAll)
                        .flags(WRITE, EXCLUSIVE)
                        .tips(EVERYWHERE)
                        .categories("keyspace", "dangerous")
                        .group("server")
                        .summary("Removes all keys of all databases.")
                        .build(),
                Command.of("swapdb", 3, DatabaseCommands::swapDb)
                        .flags(WRITE, FAST, EXCLUSIVE)
                        .categories("keyspace", "dangerous")
                        .group("server")
                        .since("4.0.0")
                        .summary("Swaps two databases.")
                        .build(),
                Command.of("dbsize", 1, call -> Reply.integer(call.turn().keys(call.db())))
                        .flags(READONLY, FAST, WHOLE_KEYSPACE)
                        .tips("request_policy:all_shards", "response_policy:agg_sum")
                        .categories("keyspace")
                        .group("server")
                        .summary("Returns the number of keys of the database.")
                        .build());
    }

    private static void requireMode(Call call) {
        boolean known = call.count() == 1 || call.count() == 2 && (call.is(1, "async") || call.is(1, "sync"));
        if (!known) {
            throw CommandException.syntax();
        }
    }

    private static Reply flushDb(Call call) {
        requireMode(call);
        call.turn().flush(call.db());
        call.changed();
        return Reply.OK;
    }

    private static Reply flushAll(Call call) {
        requireMode(call);
        for (int db = 0; db < call.turn().databases(); db++) {
            if (call.turn().keys(db) > 0) {
                call.turn().flush(db);
            }
        }
        call.changed();
        return Reply.OK;
    }

    private static Reply swapDb(Call call) {
        int one = database(call, 1, "first");
        int other = database(call, 2, "second");
        int databases = call.turn().databases();
        if (one < 0 || one >= databases || other < 0 || other >= databases) {
            throw new CommandException("ERR DB index is out of range");
        }
        if (one != other) {
            call.turn().swap(one, other);
        }
        call.changed();
        return Reply.OK;
    }

    private static int database(Call call, int index, String which) {
        long db = Numbers.parseLongOr(call.arg(index), Long.MIN_VALUE);
        if (db != (int) db) {
            throw new CommandException("ERR invalid " + which + " DB index");
        }
        return (int) db;
    }
}
