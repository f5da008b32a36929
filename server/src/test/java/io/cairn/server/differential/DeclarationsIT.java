package io.cairn.server.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.command.Command;
import io.cairn.server.command.Flag;
import io.cairn.server.command.KeySpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What commands declare is what COMMAND INFO and COMMAND DOCS of a real server say. */
final class DeclarationsIT {
    @Test
    void declareWhatARealServerDeclares() throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (Peer peer = Peer.start()) {
            List<String> ours = new ArrayList<>();
            List<String> theirs = new ArrayList<>();
            for (Command command : Families.commands()) {
                if (isOf74(command)) {
                    continue;
                }
                List<?> infos = list(peer.call("COMMAND", "INFO", command.name()));
                Map<String, Object> docs =
                        map(map(peer.call("COMMAND", "DOCS", command.name())).get(command.name()));
                compare(command, list(infos.get(0)), docs, ours, theirs);
            }
            List<String> onlyOurs = new ArrayList<>(ours);
            onlyOurs.removeAll(theirs);
            theirs.removeAll(ours);
            assertEquals(String.join("\n", theirs), String.join("\n", onlyOurs));
        }
    }

    /** Commands on fields that expire: real servers of the version compared with do not have them. */
    private static boolean isOf74(Command command) {
        return command.since().startsWith("7.4");
    }

    private static void compare(
            Command command, List<?> info, Map<String, Object> docs, List<String> ours, List<String> theirs) {
        ours.add(command.name() + " " + command.arity() + " " + flags(command) + " " + categories(command) + " "
                + command.tips() + " " + specs(command) + " " + command.group() + " " + command.since());
        theirs.add(text(info.get(0)) + " " + info.get(1) + " " + sorted(info.get(2)) + " " + sorted(info.get(6)) + " "
                + texts(info.get(7)) + " " + peerSpecs(list(info.get(8))) + " " + text(docs.get("group")) + " "
                + text(docs.get("since")));
        Map<String, List<?>> subcommands = new LinkedHashMap<>();
        list(info.get(9)).forEach(sub -> subcommands.put(text(list(sub).get(0)), list(sub)));
        for (Command sub : command.subcommands()) {
            List<?> subInfo = subcommands.get(sub.name());
            if (subInfo == null) {
                ours.add(sub.name() + " is no subcommand of a real server's");
            } else {
                compare(sub, subInfo, map(map(docs.get("subcommands")).get(sub.name())), ours, theirs);
            }
        }
    }

    private static Set<String> flags(Command command) {
        TreeSet<String> names = new TreeSet<>();
        command.flags().stream().filter(Flag::shown).forEach(flag -> names.add("+" + flag.wireName()));
        return names;
    }

    private static Set<String> categories(Command command) {
        TreeSet<String> names = new TreeSet<>();
        command.categories().forEach(name -> names.add("+@" + name));
        return names;
    }

    private static List<String> specs(Command command) {
        List<String> specs = new ArrayList<>();
        for (KeySpec spec : command.keys()) {
            TreeSet<String> access = new TreeSet<>();
            spec.access().forEach(one -> access.add("+" + one.wireName()));
            if (spec.isKeyword()) {
                specs.add(spec.keyword() + " from " + spec.begin() + " " + access);
            } else if (spec.find() == KeySpec.Find.COUNT) {
                specs.add(spec.begin() + " keynum " + access);
            } else {
                int last = spec.last() < 0 ? spec.last() : spec.last() - spec.begin();
                specs.add(spec.begin() + " " + last + " " + spec.step() + " " + access);
            }
        }
        return specs;
    }

    /** A real server's specs; those that it calls unknown cannot be declared. */
    private static List<String> peerSpecs(List<?> infos) {
        List<String> specs = new ArrayList<>();
        for (Object info : infos) {
            Map<String, Object> spec = map(info);
            Map<String, Object> begin = map(map(spec.get("begin_search")).get("spec"));
            Map<String, Object> found = map(map(spec.get("find_keys")).get("spec"));
            if (begin.containsKey("keyword")) {
                specs.add(text(begin.get("keyword")) + " from " + begin.get("startfrom") + " "
                        + sorted(spec.get("flags")));
            } else if (found.containsKey("lastkey")) {
                specs.add(begin.get("index") + " " + found.get("lastkey") + " " + found.get("keystep") + " "
                        + sorted(spec.get("flags")));
            } else if (found.containsKey("keynumidx")) {
                specs.add(begin.get("index") + " keynum " + sorted(spec.get("flags")));
            }
        }
        return specs;
    }

    private static List<?> list(@Nullable Object answer) {
        return answer instanceof List<?> list ? list : List.of();
    }

    private static Map<String, Object> map(@Nullable Object answer) {
        Map<String, Object> map = new LinkedHashMap<>();
        List<?> items = list(answer);
        for (int at = 0; at + 1 < items.size(); at += 2) {
            map.put(text(items.get(at)), items.get(at + 1));
        }
        return map;
    }

    private static String text(@Nullable Object answer) {
        return answer == null ? "null" : answer.toString().substring(1);
    }

    private static List<String> texts(@Nullable Object answer) {
        return list(answer).stream().map(DeclarationsIT::text).toList();
    }

    private static Set<String> sorted(@Nullable Object answer) {
        TreeSet<String> sorted = new TreeSet<>();
        list(answer).forEach(item -> sorted.add(item.toString()));
        return sorted;
    }
}
