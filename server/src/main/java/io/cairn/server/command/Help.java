package io.cairn.server.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a container's HELP replies.
 *
 * <p><i>Immutable.</i>
 */
public final class Help {
    private Help() {}

    /** The declaration of HELP; {@code lines} between the heading and HELP itself. */
    public static Command.Builder of(String container, String group, String... lines) {
        List<Reply> text = new ArrayList<>();
        text.add(Reply.simple(
                container.toUpperCase(Locale.ROOT) + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
        for (String line : lines) {
            text.add(Reply.simple(line));
        }
        text.add(Reply.simple("HELP"));
        text.add(Reply.simple("    Prints this help."));
        Reply reply = Reply.array(text);
        return Command.of("help", 2, call -> reply)
                .flags(Flag.LOADING, Flag.STALE)
                .group(group)
                .since("5.0.0")
                .summary("Lists the subcommands.");
    }
}
