package io.cairn.server.info;

import static io.cairn.server.command.Flag.LOADING;
import static io.cairn.server.command.Flag.STALE;

import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The command INFO over a list of sections.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Info {
    private final List<InfoSection> sections;

    /** INFO with these sections, in this order. */
    public Info(List<InfoSection> sections) {
        this.sections = List.copyOf(sections);
    }

    /** The declaration. */
    public List<Command> commands() {
        return List.of(Command.of("info", -1, this::info)
                .flags(LOADING, STALE)
                .categories("dangerous")
                .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
                .group("server")
                .summary("Returns figures about the server.")
                .build());
    }

    private Reply info(Call call) {
        Set<String> wanted = new TreeSet<>();
        for (int i = 1; i < call.count(); i++) {
            wanted.add(call.text(i).toLowerCase(Locale.ROOT));
        }
        return new Reply.Verbatim("txt", text(wanted).getBytes(StandardCharsets.UTF_8));
    }

    /** The sections of those names; {@code default}, {@code all} and {@code everything} stand for several. */
    public String text(Set<String> wanted) {
        boolean all = wanted.contains("all") || wanted.contains("everything");
        boolean defaults = wanted.isEmpty() || wanted.contains("default");
        StringBuilder text = new StringBuilder();
        for (InfoSection section : sections) {
            boolean named = wanted.contains(section.title().toLowerCase(Locale.ROOT));
            if (all || named || defaults && section.byDefault()) {
                if (!text.isEmpty()) {
                    text.append("\r\n");
                }
                text.append("# ").append(section.title()).append("\r\n");
                section.fields().accept(new InfoSection.Fields(text));
            }
        }
        return text.toString();
    }
}
