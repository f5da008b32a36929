package io.cairn.server.command.admin;

import static io.cairn.server.command.Flag.LOADING;
import static io.cairn.server.command.Flag.STALE;

import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.CommandTable;
import io.cairn.server.command.Glob;
import io.cairn.server.command.Handler;
import io.cairn.server.command.Help;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * COMMAND: the command table, told to clients.
 *
 * <p><i>Thread-safe.</i>
 */
public final class CommandCommands {
    private static final String UNORDERED = "nondeterministic_output_order";

    private final Supplier<CommandTable> table;

    /** Tells of a table, which may be made later. */
    public CommandCommands(Supplier<CommandTable> table) {
        this.table = table;
    }

    /** The declaration. */
    public List<Command> commands() {
        return List.of(declare(Command.container("command", -1, call -> all()), "2.8.13", "Describes all commands.")
                .tips(UNORDERED)
                .sub(sub(
                        "count", 2, call -> Reply.integer(table.get().commands().size()), "Counts the commands."))
                .sub(sub("info", -2, this::info, "Describes commands.").tips(UNORDERED))
                .sub(sub("docs", -2, this::docs, "Documents commands.")
                        .since("7.0.0")
                        .tips(UNORDERED))
                .sub(sub("list", -2, this::list, "Lists commands.")
                        .since("7.0.0")
                        .tips(UNORDERED))
                .sub(sub("getkeys", -4, call -> keys(call, false), "Finds the keys of a call."))
                .sub(sub("getkeysandflags", -4, call -> keys(call, true), "Finds the keys of a call and their use.")
                        .since("7.0.0"))
                .sub(Help.of("command", "server", HELP).categories("connection"))
                .build());
    }

    private static final String[] HELP = {
        "(no subcommand)",
        "    Describe all commands.",
        "COUNT",
        "    Return the number of commands.",
        "LIST [FILTERBY (ACLCAT <category>|PATTERN <pattern>|MODULE <module>)]",
        "    Return the names of commands.",
        "INFO [<command-name> ...]",
        "    Describe commands; all if none is named.",
        "DOCS [<command-name> ...]",
        "    Document commands; all if none is named.",
        "GETKEYS <full-command>",
        "    Return the keys of a call.",
        "GETKEYSANDFLAGS <full-command>",
        "    Return the keys of a call and what it does to them.",
    };

    private static Command.Builder sub(String name, int arity, Handler handler, String summary) {
        return declare(Command.of(name, arity, handler), "2.8.13", summary);
    }

    private static Command.Builder declare(Command.Builder builder, String since, String summary) {
        return builder.flags(LOADING, STALE)
                .group("server")
                .categories("connection")
                .since(since)
                .summary(summary)
                .complexity("O(N) where N is the number of commands");
    }

    private Reply all() {
        return Reply.array(table.get().commands().stream()
                .map(entry -> CommandDescription.info(entry.command()))
                .toList());
    }

    private Reply info(Call call) {
        if (call.count() == 2) {
            return all();
        }
        List<Reply> replies = new ArrayList<>();
        for (int i = 2; i < call.count(); i++) {
            CommandTable.Entry entry = find(call.arg(i));
            replies.add(entry == null ? Reply.NULL : CommandDescription.info(entry.command()));
        }
        return Reply.array(replies);
    }

    /** The command of that name, or the subcommand {@code container|name}. */
    private CommandTable.@Nullable Entry find(byte[] name) {
        int bar = new String(name, StandardCharsets.ISO_8859_1).indexOf('|');
        if (bar < 0) {
            return table.get().find(name);
        }
        byte[][] words = {Arrays.copyOf(name, bar), Arrays.copyOfRange(name, bar + 1, name.length)};
        CommandTable.Entry entry = table.get().find(words);
        return entry == null || entry.isContainer() ? null : entry;
    }

    private Reply docs(Call call) {
        List<Reply> pairs = new ArrayList<>();
        if (call.count() == 2) {
            for (CommandTable.Entry entry : table.get().commands()) {
                pairs.add(Reply.bulk(entry.command().name()));
                pairs.add(CommandDescription.docs(entry.command()));
            }
        }
        for (int i = 2; i < call.count(); i++) {
            CommandTable.Entry entry = find(call.arg(i));
            if (entry != null) {
                pairs.add(Reply.bulk(entry.command().name()));
                pairs.add(CommandDescription.docs(entry.command()));
            }
        }
        return new Reply.Pairs(pairs);
    }

    private Reply list(Call call) {
        Predicate<Command> wanted = command -> true;
        if (call.count() > 2) {
            wanted = filter(call);
        }
        List<Reply> names = new ArrayList<>();
        for (CommandTable.Entry entry : table.get().commands()) {
            if (wanted.test(entry.command())) {
                names.add(Reply.bulk(entry.command().name()));
            }
            for (Command sub : entry.command().subcommands()) {
                if (wanted.test(sub)) {
                    names.add(Reply.bulk(sub.name()));
                }
            }
        }
        return Reply.array(names);
    }

    private static Predicate<Command> filter(Call call) {
        if (call.count() != 5 || !call.is(2, "filterby")) {
            throw CommandException.syntax();
        }
        if (call.is(3, "aclcat")) {
            String category = call.text(4).toLowerCase(Locale.ROOT);
            return command -> command.categories().contains(category);
        }
        if (call.is(3, "pattern")) {
            Glob pattern = new Glob(call.arg(4));
            return command -> pattern.matchesIgnoringCase(command.name().getBytes(StandardCharsets.US_ASCII));
        }
        if (call.is(3, "module")) {
            return command -> false;
        }
        throw CommandException.syntax();
    }

    private Reply keys(Call call, boolean withFlags) {
        byte[][] args = Arrays.copyOfRange(call.args(), 2, call.count());
        CommandTable.Entry entry = table.get().find(args);
        if (entry == null) {
            throw new CommandException("ERR Invalid command specified");
        }
        Command command = entry.command();
        if (command.keys().isEmpty()) {
            throw new CommandException("ERR The command has no key arguments");
        }
        if (!command.accepts(args.length)) {
            throw new CommandException("ERR Invalid number of arguments specified for command");
        }
        List<Reply> replies = new ArrayList<>();
        for (KeySpec spec : command.keys()) {
            List<Integer> indices = KeySpec.keys(List.of(spec), args);
            boolean first = spec.find() == KeySpec.Find.KEYWORD && !indices.isEmpty();
            for (int index : first ? indices.subList(0, 1) : indices) {
                Reply key = Reply.bulk(args[index]);
                replies.add(withFlags ? Reply.array(List.of(key, CommandDescription.access(spec))) : key);
            }
        }
        if (replies.isEmpty()) {
            throw new CommandException("ERR Invalid arguments specified for command");
        }
        return Reply.array(replies);
    }
}
