package io.cairn.server.script;

import static io.cairn.server.command.Flag.ALLOW_BUSY;
import static io.cairn.server.command.Flag.MAY_REPLICATE;
import static io.cairn.server.command.Flag.MOVABLEKEYS;
import static io.cairn.server.command.Flag.NOSCRIPT;
import static io.cairn.server.command.Flag.NO_MANDATORY_KEYS;
import static io.cairn.server.command.Flag.READONLY;
import static io.cairn.server.command.Flag.RUNS_SCRIPT;
import static io.cairn.server.command.Flag.SKIP_MONITOR;
import static io.cairn.server.command.Flag.STALE;

import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Flag;
import io.cairn.server.command.Handler;
import io.cairn.server.command.Help;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * EVAL, EVALSHA, EVAL_RO, EVALSHA_RO, FCALL, FCALL_RO, SCRIPT.
 *
 * <p><i>Thread-safe.</i>
 */
public final class ScriptCommands {
    private static final int DIGEST_LENGTH = 40;
    private static final int KEY_COUNT = 2;
    private static final String NO_SCRIPT = "NOSCRIPT No matching script. Please use EVAL.";

    private final Scripts scripts;

    /** Commands that run scripts. */
    public ScriptCommands(Scripts scripts) {
        this.scripts = scripts;
    }

    /** The declarations. */
    public List<Command> commands() {
        return List.of(
                writing("eval", call -> eval(call, false))
                        .since("2.6.0")
                        .summary("Executes a script.")
                        .build(),
                writing("evalsha", call -> evalDigest(call, false))
                        .since("2.6.0")
                        .summary("Executes a script by its SHA-1.")
                        .build(),
                reading("eval_ro", call -> eval(call, true))
                        .since("7.0.0")
                        .summary("Executes a script that does not write.")
                        .build(),
                reading("evalsha_ro", call -> evalDigest(call, true))
                        .since("7.0.0")
                        .summary("Executes a script that does not write, by its SHA-1.")
                        .build(),
                writing("fcall", call -> function(call, false))
                        .since("7.0.0")
                        .summary("Calls a function.")
                        .complexity("Depends on the function that is executed.")
                        .build(),
                reading("fcall_ro", call -> function(call, true))
                        .since("7.0.0")
                        .summary("Calls a function that does not write.")
                        .complexity("Depends on the function that is executed.")
                        .build(),
                Command.container("script")
                        .group("scripting")
                        .since("2.6.0")
                        .summary("A container for commands on loaded scripts.")
                        .complexity("Depends on subcommand.")
                        .sub(sub("load", 3, this::load, NOSCRIPT, STALE)
                                .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                                .complexity("O(N) with N being the length in bytes of the script body.")
                                .summary("Loads a script."))
                        .sub(sub("exists", -3, this::exists, NOSCRIPT)
                                .tips("request_policy:all_shards", "response_policy:agg_logical_and")
                                .complexity("O(N) with N being the number of scripts to check")
                                .summary("Says which scripts are loaded."))
                        .sub(sub("flush", -2, this::flush, NOSCRIPT)
                                .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                                .complexity("O(N) with N being the number of scripts")
                                .summary("Forgets all scripts."))
                        .sub(sub("kill", 2, this::kill, NOSCRIPT, ALLOW_BUSY)
                                .tips("request_policy:all_shards", "response_policy:one_succeeded")
                                .summary("Ends the script that runs."))
                        .sub(sub("debug", 3, ScriptCommands::debug, NOSCRIPT)
                                .since("3.2.0")
                                .summary("Sets the debug mode; there is no debugger, so only NO."))
                        .sub(Help.of(
                                        "script",
                                        "scripting",
                                        "DEBUG (YES|SYNC|NO)",
                                        "    Set the debug mode. There is no debugger: only NO is accepted.",
                                        "EXISTS <sha1> [<sha1> ...]",
                                        "    Return for each script whether it is loaded.",
                                        "FLUSH [ASYNC|SYNC]",
                                        "    Forget all loaded scripts.",
                                        "KILL",
                                        "    End scripts that run for longer than busy-reply-threshold. What they wrote is undone.",
                                        "LOAD <script>",
                                        "    Load a script without running it.")
                                .categories("scripting"))
                        .build());
    }

    private static Command.Builder running(String name, Handler handler) {
        return Command.of(name, -3, handler)
                .flags(NOSCRIPT, STALE, SKIP_MONITOR, NO_MANDATORY_KEYS, MOVABLEKEYS, RUNS_SCRIPT)
                .categories("scripting")
                .group("scripting")
                .complexity("Depends on the script that is executed.");
    }

    private static Command.Builder writing(String name, Handler handler) {
        return running(name, handler)
                .flags(MAY_REPLICATE)
                .keys(KeySpec.count(KEY_COUNT, KeySpec.Access.RW, KeySpec.Access.ACCESS, KeySpec.Access.UPDATE));
    }

    private static Command.Builder reading(String name, Handler handler) {
        return running(name, handler)
                .flags(READONLY)
                .keys(KeySpec.count(KEY_COUNT, KeySpec.Access.RO, KeySpec.Access.ACCESS));
    }

    private static Command.Builder sub(String name, int arity, Handler handler, Flag... flags) {
        return Command.of(name, arity, handler)
                .flags(flags)
                .categories("scripting")
                .group("scripting")
                .since("2.6.0");
    }

    // ---- running

    private Reply eval(Call call, boolean readOnly) {
        int keys = keyCount(call);
        return run(call, scripts.evaluated(call.arg(1)), keys, readOnly);
    }

    private Reply evalDigest(Call call, boolean readOnly) {
        if (call.arg(1).length != DIGEST_LENGTH) {
            throw new CommandException(NO_SCRIPT);
        }
        int keys = keyCount(call);
        Script script = scripts.find(digest(call.arg(1)));
        if (script == null) {
            throw new CommandException(NO_SCRIPT);
        }
        return run(call, script, keys, readOnly);
    }

    private static String digest(byte[] arg) {
        return new String(arg, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    }

    /** Number of keys that the call names. */
    static int keyCount(Call call) {
        long keys = call.integer(KEY_COUNT);
        if (keys > call.count() - KEY_COUNT - 1) {
            throw new CommandException("ERR Number of keys can't be greater than number of args");
        }
        if (keys < 0) {
            throw new CommandException("ERR Number of keys can't be negative");
        }
        return (int) keys;
    }

    private Reply run(Call call, Script script, int keys, boolean readOnly) {
        List<byte[]> all = Arrays.asList(call.args()).subList(KEY_COUNT + 1, call.count());
        return scripts.run(call, script, all.subList(0, keys), all.subList(keys, all.size()), readOnly);
    }

    private Reply function(Call call, boolean readOnly) {
        Function function = scripts.function(call, new String(call.arg(1), StandardCharsets.ISO_8859_1));
        if (function == null) {
            throw new CommandException("ERR Function not found");
        }
        if (!Numbers.isLong(call.arg(KEY_COUNT))) {
            throw new CommandException("ERR Bad number of keys provided");
        }
        int keys = keyCount(call);
        List<byte[]> all = Arrays.asList(call.args()).subList(KEY_COUNT + 1, call.count());
        return scripts.run(call, function, all.subList(0, keys), all.subList(keys, all.size()), readOnly);
    }

    // ---- SCRIPT

    private Reply load(Call call) {
        return Reply.bulk(scripts.load(call.arg(2)).digest());
    }

    private Reply exists(Call call) {
        List<Reply> found = new ArrayList<>();
        for (int i = 2; i < call.count(); i++) {
            found.add(Reply.integer(scripts.find(digest(call.arg(i))) != null));
        }
        return Reply.array(found);
    }

    private Reply flush(Call call) {
        if (call.count() > 3 || call.count() == 3 && !call.is(2, "sync") && !call.is(2, "async")) {
            throw new CommandException("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
        }
        scripts.flush();
        return Reply.OK;
    }

    private Reply kill(Call call) {
        if (!scripts.kill(ScriptRun.Kind.SCRIPT)) {
            throw new CommandException("NOTBUSY No scripts in execution right now.");
        }
        return Reply.OK;
    }

    private static Reply debug(Call call) {
        if (call.is(2, "no")) {
            return Reply.OK;
        }
        if (call.is(2, "yes") || call.is(2, "sync")) {
            throw new CommandException("ERR there is no debugger for scripts");
        }
        throw new CommandException("ERR Use SCRIPT DEBUG YES/SYNC/NO");
    }
}
