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
import java.util.Map;
import java.util.TreeMap;

/**
 * The command FUNCTION.
 *
 * <p>Libraries come by FUNCTION LOAD and RESTORE, and with a primary's stream and snapshots; they are kept as they were written.
 *
 * <p><i>Thread-safe.</i>
 */
public final class FunctionCommands {
    private static final String[] EVERYWHERE = {"request_policy:all_shards", "response_policy:all_succeeded"};
    private static final List<String> HELP = List.of(
            "FUNCTION <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
            "LOAD [REPLACE] <FUNCTION CODE>",
            "    Create a library of functions.",
            "DELETE <LIBRARY NAME>",
            "    Delete a library.",
            "LIST [LIBRARYNAME PATTERN] [WITHCODE]",
            "    Return the libraries: name, engine, functions and, with WITHCODE, code.",
            "STATS",
            "    Return the function that runs, and how many libraries and functions each engine has.",
            "KILL",
            "    End functions that run for longer than busy-reply-threshold. What they wrote is undone.",
            "FLUSH [ASYNC|SYNC]",
            "    Delete all libraries.",
            "DUMP",
            "    Return all libraries as a payload for FUNCTION RESTORE.",
            "RESTORE <PAYLOAD> [FLUSH|APPEND|REPLACE]",
            "    Restore libraries from a payload. APPEND, the default, refuses names that are taken.",
            "HELP",
            "    Prints this help.");

    private final FunctionEngine engine;

    /** Commands on libraries whose functions the engine runs. */
    public FunctionCommands(FunctionEngine engine) {
        this.engine = engine;
    }

    /** All commands on functions. */
    public List<Command> commands() {
        return List.of(Command.container("function")
                .group("scripting")
                .since("7.0.0")
                .summary("Commands on libraries of functions.")
                .sub(change("load", -3, this::load, DENYOOM).summary("Creates a library."))
                .sub(change("delete", 3, FunctionCommands::delete).summary("Deletes a library."))
                .sub(change("flush", -2, FunctionCommands::flush).summary("Deletes all libraries."))
                .sub(change("restore", -3, this::restore, DENYOOM)
                        .summary("Restores libraries from what FUNCTION DUMP gave."))
                .sub(lookup("list", -2, this::list, NOSCRIPT)
                        .tips("nondeterministic_output_order")
                        .summary("Returns the libraries."))
                .sub(lookup("dump", 2, call -> Reply.bulk(LibraryPayload.of(Libraries.all(call.turn()))), NOSCRIPT)
                        .summary("Returns all libraries as a payload."))
                .sub(lookup("stats", 2, this::stats, NOSCRIPT, ALLOW_BUSY)
                        .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
                        .summary("Returns what runs, and how many libraries there are."))
                .sub(lookup("kill", 2, this::kill, NOSCRIPT, ALLOW_BUSY)
                        .tips("request_policy:all_shards", "response_policy:one_succeeded")
                        .summary("Ends the function that runs."))
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

    private Reply load(Call call) {
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
        List<FunctionLibrary> others = Libraries.all(call.turn());
        others.removeIf(other -> other.name().equals(library.name()));
        engine.check(library, others);
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

    private Reply restore(Call call) {
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
        Map<String, FunctionLibrary> kept = new TreeMap<>();
        Libraries.all(call.turn()).forEach(library -> kept.put(library.name(), library));
        for (FunctionLibrary library : restored) {
            if (kept.remove(library.name()) != null && !replace) {
                throw new CommandException("ERR Library " + library.name() + " already exists");
            }
        }
        for (FunctionLibrary library : restored) {
            engine.check(library, kept.values());
            kept.put(library.name(), library);
            Libraries.put(call.turn(), library);
        }
        call.changed();
        return Reply.OK;
    }

    // ---- reads

    private Reply list(Call call) {
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

    private Reply describe(FunctionLibrary library, boolean withCode) {
        List<Reply> fields = new ArrayList<>(List.of(
                Reply.bulk("library_name"),
                Reply.bulk(library.name()),
                Reply.bulk("engine"),
                Reply.bulk(library.engine()),
                Reply.bulk("functions"),
                functions(library)));
        if (withCode) {
            fields.add(Reply.bulk("library_code"));
            fields.add(Reply.bulk(library.code()));
        }
        return new Reply.Pairs(fields);
    }

    private Reply functions(FunctionLibrary library) {
        List<Reply> functions = new ArrayList<>();
        for (FunctionEngine.Described function : engine.functions(library)) {
            functions.add(new Reply.Pairs(List.of(
                    Reply.bulk("name"),
                    Reply.bulk(function.name()),
                    Reply.bulk("description"),
                    function.description(),
                    Reply.bulk("flags"),
                    function.flags())));
        }
        return Reply.array(functions);
    }

    private Reply stats(Call call) {
        List<FunctionLibrary> libraries = Libraries.all(call.turn());
        int functions = libraries.stream()
                .mapToInt(library -> engine.functions(library).size())
                .sum();
        Reply lua = new Reply.Pairs(List.of(
                Reply.bulk("libraries_count"),
                Reply.integer(libraries.size()),
                Reply.bulk("functions_count"),
                Reply.integer(functions)));
        return new Reply.Pairs(List.of(
                Reply.bulk("running_script"),
                engine.running().stream()
                        .findFirst()
                        .map(FunctionCommands::running)
                        .orElse(Reply.NULL),
                Reply.bulk("engines"),
                new Reply.Pairs(List.of(Reply.bulk("LUA"), lua))));
    }

    private static Reply running(FunctionEngine.Running function) {
        return new Reply.Pairs(List.of(
                Reply.bulk("name"),
                Reply.bulk(function.name()),
                Reply.bulk("command"),
                Reply.array(function.command().stream().map(Reply::bulk).toList()),
                Reply.bulk("duration_ms"),
                Reply.integer(function.millis())));
    }

    private Reply kill(Call call) {
        if (!engine.kill()) {
            throw new CommandException("NOTBUSY No scripts in execution right now.");
        }
        return Reply.OK;
    }
}
