package io.cairn.server.command.admin;

import io.cairn.server.command.Command;
import io.cairn.server.command.Flag;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.List;

/** A command's declaration in the shapes of COMMAND INFO and COMMAND DOCS. */
final class CommandDescription {
    private CommandDescription() {}

    static Reply info(Command command) {
        int[] range = legacyRange(command.keys());
        return Reply.array(List.of(
                Reply.bulk(command.name()),
                Reply.integer(command.arity()),
                members(command.flags().stream()
                        .filter(Flag::shown)
                        .map(Flag::wireName)
                        .toList()),
                Reply.integer(range[0]),
                Reply.integer(range[1]),
                Reply.integer(range[2]),
                members(command.categories().stream().map(name -> "@" + name).toList()),
                Reply.array(command.tips().stream().map(Reply::bulk).toList()),
                Reply.array(
                        command.keys().stream().map(CommandDescription::keys).toList()),
                Reply.array(command.subcommands().stream()
                        .map(CommandDescription::info)
                        .toList())));
    }

    private static Reply members(List<String> names) {
        return new Reply.Members(names.stream().map(Reply::simple).toList());
    }

    /** First key, last key and step, as far as ranges that follow one another can say it. */
    private static int[] legacyRange(List<KeySpec> specs) {
        if (specs.size() == 1 && specs.get(0).find() == KeySpec.Find.RANGE) {
            KeySpec only = specs.get(0);
            return new int[] {only.begin(), only.last(), only.step()};
        }
        int first = 0;
        int last = 0;
        for (KeySpec spec : specs) {
            boolean follows = last == 0 || spec.begin() == last + 1;
            if (spec.find() == KeySpec.Find.RANGE && spec.step() == 1 && follows) {
                first = first == 0 ? spec.begin() : Math.min(first, spec.begin());
                last = Integer.compareUnsigned(last, spec.last()) < 0 ? spec.last() : last;
            }
        }
        return new int[] {first, last, first == 0 ? 0 : 1};
    }

    private static Reply keys(KeySpec spec) {
        boolean keyword = spec.isKeyword();
        Reply from = Reply.integer(spec.begin());
        Reply begin = keyword
                ? pairs(
                        "type",
                        Reply.bulk("keyword"),
                        "spec",
                        pairs("keyword", Reply.bulk(spec.keyword()), "startfrom", from))
                : pairs("type", Reply.bulk("index"), "spec", pairs("index", from));
        int last = spec.last() < 0 || keyword ? spec.last() : spec.last() - spec.begin();
        Reply found = spec.find() != KeySpec.Find.COUNT
                ? pairs(
                        "type",
                        Reply.bulk("range"),
                        "spec",
                        pairs(
                                "lastkey",
                                Reply.integer(last),
                                "keystep",
                                Reply.integer(spec.step()),
                                "limit",
                                Reply.integer(spec.limit())))
                : pairs(
                        "type",
                        Reply.bulk("keynum"),
                        "spec",
                        pairs("keynumidx", Reply.ZERO, "firstkey", Reply.ONE, "keystep", Reply.integer(spec.step())));
        return pairs("flags", access(spec), "begin_search", begin, "find_keys", found);
    }

    static Reply access(KeySpec spec) {
        return members(
                spec.access().stream().sorted().map(KeySpec.Access::wireName).toList());
    }

    private static Reply pairs(Object... keysAndValues) {
        List<Reply> items = new ArrayList<>();
        for (Object item : keysAndValues) {
            items.add(item instanceof Reply reply ? reply : Reply.bulk((String) item));
        }
        return new Reply.Pairs(items);
    }

    static Reply docs(Command command) {
        List<Object> pairs = new ArrayList<>(List.of(
                "summary", Reply.bulk(command.summary()),
                "since", Reply.bulk(command.since()),
                "group", Reply.bulk(command.group()),
                "complexity", Reply.bulk(command.complexity())));
        if (!command.subcommands().isEmpty()) {
            List<Object> subs = new ArrayList<>();
            for (Command sub : command.subcommands()) {
                subs.add(sub.name());
                subs.add(docs(sub));
            }
            pairs.add("subcommands");
            pairs.add(pairs(subs.toArray()));
        }
        return pairs(pairs.toArray());
    }
}
