package io.cairn.server.command.admin;

import static io.cairn.server.command.Flag.ADMIN;
import static io.cairn.server.command.Flag.LOADING;
import static io.cairn.server.command.Flag.STALE;

import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Handler;
import io.cairn.server.command.Help;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import io.cairn.server.stats.SlowLog;
import java.util.List;

/**
 * SLOWLOG.
 *
 * <p><i>Thread-safe.</i>
 */
public final class SlowLogCommands {
    private static final long DEFAULT_COUNT = 10;

    private final SlowLog log;

    /** Commands on a slow log. */
    public SlowLogCommands(SlowLog log) {
        this.log = log;
    }

    /** The declaration. */
    public List<Command> commands() {
        return List.of(Command.container("slowlog")
                .group("server")
                .since("2.2.12")
                .summary("A container for commands on the slow log.")
                .complexity("Depends on subcommand.")
                .sub(sub("get", -2, this::get, "Returns the last slow commands.")
                        .tips("request_policy:all_nodes", "nondeterministic_output")
                        .complexity("O(N) where N is the number of entries returned"))
                .sub(sub("len", 2, call -> Reply.integer(log.size()), "Counts slow commands.")
                        .tips("request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"))
                .sub(sub("reset", 2, this::reset, "Forgets slow commands.")
                        .tips("request_policy:all_nodes", "response_policy:all_succeeded"))
                .sub(Help.of(
                        "slowlog",
                        "server",
                        "GET [<count>]",
                        "    Return the last slow commands (default: 10, -1 for all): id, timestamp, microseconds,",
                        "    arguments, client address, client name.",
                        "LEN",
                        "    Return the number of slow commands kept.",
                        "RESET",
                        "    Forget them."))
                .build());
    }

    private static Command.Builder sub(String name, int arity, Handler handler, String summary) {
        return Command.of(name, arity, handler)
                .flags(ADMIN, LOADING, STALE)
                .group("server")
                .since("2.2.12")
                .summary(summary);
    }

    private Reply get(Call call) {
        if (call.count() > 3) {
            throw new CommandException("ERR unknown subcommand or wrong number of arguments for '" + call.text(1)
                    + "'. Try SLOWLOG HELP.");
        }
        long count = call.count() == 3 ? Numbers.parseLongOr(call.arg(2), Long.MIN_VALUE) : DEFAULT_COUNT;
        if (count < -1) {
            throw new CommandException("ERR count should be greater than or equal to -1");
        }
        return Reply.array(log.last(count == -1 ? Long.MAX_VALUE : count).stream()
                .map(SlowLogCommands::entry)
                .toList());
    }

    private static Reply entry(SlowLog.Entry entry) {
        return Reply.array(List.of(
                Reply.integer(entry.id()),
                Reply.integer(entry.atSeconds()),
                Reply.integer(entry.micros()),
                Reply.array(entry.args().stream().map(Reply::bulk).toList()),
                Reply.bulk(entry.address()),
                Reply.bulk(entry.clientName())));
    }

    private Reply reset(Call call) {
        log.clear();
        return Reply.OK;
    }
}
