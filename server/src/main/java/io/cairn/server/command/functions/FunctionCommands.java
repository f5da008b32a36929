package io.cairn.server.command.functions;

import static io.cairn.server.command.Flag.ALLOW_BUSY;
import static io.cairn.server.command.Flag.DENYOOM;
import static io.cairn.server.command.Flag.EXCLUSIVE;
import static io.cairn.server.command.Flag.LOADING;
import static io.cairn.server.command.Flag.NOSCRIPT;
import static io.cairn.server.command.Flag.STALE;
import static io.cairn.server.command.Flag.WHOLE_KEYSPACE;
import static io.cairn.server.command.Flag.WRITE;

import io.cairn.engine.entry.FunctionLibrary;
import io.cairn.engine.types.Libraries;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Flag;
import io.cairn.server.command.Glob;
import io.cairn.server.command.Handler;
import io.cairn.server.command.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The command FUNCTION.
 *
 * <p>Libraries come with a real server's stream and snapshots, and with FUNCTION RESTORE; they are kept and passed on. A
 * client's FUNCTION LOAD is refused: whether code is sound only an engine that runs it can say.
 *
 * <p><i>Immutable.</i>
 */
public final class FunctionCommands {
    private static final String NO_ENGINE = "ERR FUNCTION LOAD needs a script engine, which this server does not have:"
            + " load the library into a server that has one, and bring it here with FUNCTION DUMP and FUNCTION RESTORE,"
            + " or by replication";
    private static final String[] EVERYWHERE = {"request_policy:all_shards", "response_policy:all_succeeded"};
    private static final List<String> HELP = List.of(
            "FUNCTION <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
            "LOAD [REPLACE] <FUNCTION CODE>",
            "    Create a library of functions. Refused: there is no script engine here.",
            "DELETE <LIBRARY NAME>",
            "    Delete a library.",
            "LIST [LIBRARYNAME PATTERN] [WITHCODE]",
            "    Return the libraries: name, engine and, with WITHCODE, code. The functions inside are not known here.",
            "STATS",
            "    Return what runs, which is nothing, and how many libraries each engine has.",
            "KILL",
            "    Kill the function that runs.",
            "FLUSH [ASYNC|SYNC]",
            "    Delete all libraries.",
            "DUMP",
            "    Return all libraries as a payload for FUNCTION RESTORE.",
            "RESTORE <PAYLOAD> [FLUSH|APPEND|REPLACE]",
            "    Restore libraries from a payload. APPEND, the default, refuses names that are taken.",
            "HELP",
            "    Prints this help.");

    private FunctionCommands() {}

    /** All commands on functions. */
    public static List<Command> commands() {
        return List.of(Command.container("function")
                .group("scripting")
                .since("7.0.0")
                .summary("Commands on libraries of functions.")
                .sub(change("load", -3, FunctionCommands::load, DENYOOM)
                        .summary("Creates a library; refused, since there is no engine to verify it."))
                .sub(change("delete", 3, FunctionCommands::delete).summary("Deletes a library."))
                .sub(change("flush", -2, FunctionCommands::flush).summary("Deletes all libraries."))
                .sub(change("restore", -3, FunctionCommands::restore, DENYOOM)
                        .summary("Restores libraries from what FUNCTION DUMP gave."))
                .sub(lookup("list", -2, FunctionCommands::list, NOSCRIPT)
                        .tips("nondeterministic_output_order")
                        .summary("Returns the libraries."))
                .sub(lookup("dump", 2, call -> Reply.bulk(LibraryPayload.of(Libraries.all(call.turn()))), NOSCRIPT)
                        .summary("Returns all libraries as a payload."))
                .sub(lookup("stats", 2, FunctionCommands::stats, NOSCRIPT, ALLOW_BUSY)
                        .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
                        .summary("Returns how many libraries there are."))
                .sub(lookup("kill", 2, FunctionCommands::kill, NOSCRIPT, ALLOW_BUSY)
                        .tips("request_policy:all_shards", "response_policy:one_succeeded")
                        .summary("Kills the function that runs."))
                .sub(lookup("help", 2, call -> help(), LOADING, STALE).summary("Returns help."))
                .build());
    }

    private static Command.Builder change(String name, int arity, Handler handler, Flag... more) {
        return Command.of(name, arity, handler)
                .flags(WRITE, NOSCRIPT, EXCLUSIVE)
                .flags(more)
                .tips(EVERYWHERE)
                .categories("scripting")
                .group("scripting")
                .since("7.0.0")
                .complexity("O(N) with N libraries");
    }

    private static Command.Builder lookup(String name, int arity, Handler handler, Flag... flags) {
        return Command.of(name, arity, handler)
                .flags(flags)
                .flags(WHOLE_KEYSPACE)
                .categories("scripting")
                .group("scripting")
                .since("7.0.0")
                .complexity("O(N) with N libraries");
    }

    private static Reply help() {
        return Reply.array(HELP.stream().map(Reply::simple).toList());
    }

    // ---- changes

    /** Takes the code that a primary, or this node's own log, has had verified. */
    private static Reply load(Call call) {
        boolean replace = false;
        int at = 2;
        for (; at < call.count() - 1; at++) {
            if (!call.is(at, "replace")) {
                throw new CommandException("ERR Unknown option given: " + call.text(at));
            }
            replace = true;
        }
        FunctionLibrary library = library(call.arg(at));
        if (!replace && Libraries.find(call.turn(), library.name()) != null) {
            throw new CommandException("ERR Library '" + library.name() + "' already exists");
        }
        if (!call.turn().isStreaming()) {
            throw new CommandException(NO_ENGINE);
        }
        Libraries.put(call.turn(), library);
        call.changed();
        return Reply.bulk(library.name());
    }

    private static FunctionLibrary library(byte[] code) {
        try {
            return FunctionLibrary.of(code);
        } catch (IllegalArgumentException e) {
            throw new CommandException("ERR " + e.getMessage());
        }
    }

    private static Reply delete(Call call) {
        String name = new String(call.arg(2), StandardCharsets.ISO_8859_1);
        if (Libraries.find(call.turn(), name) == null) {
            throw new CommandException("ERR Library not found");
        }
        Libraries.delete(call.turn(), name);
        call.changed();
        return Reply.OK;
    }

    private static Reply flush(Call call) {
        if (call.count() > 3) {
            throw wrongArguments("FLUSH");
        }
        if (call.count() == 3 && !call.is(2, "sync") && !call.is(2, "async")) {
            throw new CommandException("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
        }
        deleteAll(call);
        call.changed();
        return Reply.OK;
    }

    private static void deleteAll(Call call) {
        for (FunctionLibrary library : Libraries.all(call.turn())) {
            Libraries.delete(call.turn(), library.name());
        }
    }

    private static CommandException wrongArguments(String subcommand) {
        return new CommandException(
                "ERR unknown subcommand or wrong number of arguments for '" + subcommand + "'. Try FUNCTION HELP.");
    }

    private static Reply restore(Call call) {
        if (call.count() > 4) {
            throw wrongArguments("RESTORE");
        }
        boolean flush = call.count() == 4 && call.is(3, "flush");
        boolean replace = call.count() == 4 && call.is(3, "replace");
        if (call.count() == 4 && !flush && !replace && !call.is(3, "append")) {
            throw new CommandException(
                    "ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.");
        }
        List<FunctionLibrary> restored = LibraryPayload.read(call.arg(2));
        if (flush) {
            deleteAll(call);
        }
        for (FunctionLibrary library : restored) {
            if (!replace && Libraries.find(call.turn(), library.name()) != null) {
                throw new CommandException("ERR Library " + library.name() + " already exists");
            }
            Libraries.put(call.turn(), library);
        }
        call.changed();
        return Reply.OK;
    }

    // ---- reads

    private static Reply list(Call call) {
        byte[] pattern = null;
        boolean withCode = false;
        for (int at = 2; at < call.count(); at++) {
            if (!withCode && call.is(at, "withcode")) {
                withCode = true;
            } else if (pattern == null && call.is(at, "libraryname")) {
                if (at + 1 == call.count()) {
                    throw new CommandException("ERR library name argument was not given");
                }
                pattern = call.arg(++at);
            } else {
                throw new CommandException("ERR Unknown argument " + call.text(at));
            }
        }
        List<Reply> libraries = new ArrayList<>();
        for (FunctionLibrary library : Libraries.all(call.turn())) {
            if (pattern == null
                    || new Glob(pattern).matchesIgnoringCase(library.name().getBytes(StandardCharsets.US_ASCII))) {
                libraries.add(describe(library, withCode));
            }
        }
        return Reply.array(libraries);
    }

    private static Reply describe(FunctionLibrary library, boolean withCode) {
        List<Reply> fields = new ArrayList<>(List.of(
                Reply.bulk("library_name"),
                Reply.bulk(library.name()),
                Reply.bulk("engine"),
                Reply.bulk(library.engine())));
        if (withCode) {
            fields.add(Reply.bulk("library_code"));
            fields.add(Reply.bulk(library.code()));
        }
        return new Reply.Pairs(fields);
    }

    private static Reply stats(Call call) {
        int libraries = Libraries.all(call.turn()).size();
        Reply lua = new Reply.Pairs(List.of(Reply.bulk("libraries_count"), Reply.integer(libraries)));
        return new Reply.Pairs(List.of(
                Reply.bulk("running_script"),
                Reply.NULL,
                Reply.bulk("engines"),
                new Reply.Pairs(List.of(Reply.bulk("LUA"), lua))));
    }

    private static Reply kill(Call call) {
        throw new CommandException("NOTBUSY No scripts in execution right now.");
    }
}
