package io.cairn.server.command.admin;

import static io.cairn.server.command.Flag.ADMIN;
import static io.cairn.server.command.Flag.LOADING;
import static io.cairn.server.command.Flag.NOSCRIPT;
import static io.cairn.server.command.Flag.STALE;

import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Glob;
import io.cairn.server.command.Handler;
import io.cairn.server.command.Help;
import io.cairn.server.command.Reply;
import io.cairn.server.config.ConfigException;
import io.cairn.server.config.ConfigFile;
import io.cairn.server.config.Configuration;
import io.cairn.server.config.Directive;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CONFIG: reads, changes and writes back the configuration.
 *
 * <p><i>Thread-safe.</i>
 */
public final class ConfigCommands {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigCommands.class);

    private final Configuration configuration;
    private final Runnable resetStatistics;

    /** Commands on a configuration; CONFIG RESETSTAT calls {@code resetStatistics}. */
    public ConfigCommands(Configuration configuration, Runnable resetStatistics) {
        this.configuration = configuration;
        this.resetStatistics = resetStatistics;
    }

    /** The declaration. */
    public List<Command> commands() {
        return List.of(Command.container("config")
                .group("server")
                .since("2.0.0")
                .summary("A container for commands on the configuration.")
                .complexity("Depends on subcommand.")
                .sub(sub("get", -3, this::get, "Returns the values of directives.")
                        .complexity("O(N) when N is the number of configuration parameters provided"))
                .sub(sub("set", -4, this::set, "Changes directives, all or none.")
                        .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                        .complexity("O(N) when N is the number of configuration parameters provided"))
                .sub(sub("rewrite", 2, this::rewrite, "Writes the configuration back to its file.")
                        .since("2.8.0"))
                .sub(sub("resetstat", 2, this::reset, "Sets the figures of INFO to zero."))
                .sub(Help.of(
                        "config",
                        "server",
                        "GET <pattern> [<pattern> ...]",
                        "    Return directives that match and their values.",
                        "SET <directive> <value> [<directive> <value> ...]",
                        "    Change directives, all or none.",
                        "RESETSTAT",
                        "    Set the figures of INFO to zero.",
                        "REWRITE",
                        "    Write the configuration back to its file."))
                .build());
    }

    private static Command.Builder sub(String name, int arity, Handler handler, String summary) {
        return Command.of(name, arity, handler)
                .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                .group("server")
                .since("2.0.0")
                .summary(summary);
    }

    private Reply get(Call call) {
        Set<String> names = new TreeSet<>();
        for (int i = 2; i < call.count(); i++) {
            Glob pattern = new Glob(call.arg(i));
            for (String name : configuration.names()) {
                if (pattern.matchesIgnoringCase(name.getBytes(StandardCharsets.US_ASCII))) {
                    names.add(name);
                }
            }
        }
        List<Reply> pairs = new ArrayList<>();
        for (String name : names) {
            Directive directive = configuration.find(name);
            if (directive != null) {
                pairs.add(Reply.bulk(name));
                pairs.add(Reply.bulk(configuration.text(directive)));
            }
        }
        return new Reply.Pairs(pairs);
    }

    private Reply set(Call call) {
        if (call.count() % 2 != 0) {
            throw CommandException.syntax();
        }
        List<Configuration.Change> changes = new ArrayList<>();
        for (int i = 2; i < call.count(); i += 2) {
            changes.add(new Configuration.Change(call.text(i), call.text(i + 1)));
        }
        try {
            configuration.set(changes);
        } catch (ConfigException e) {
            throw new CommandException("ERR " + e.getMessage());
        }
        for (Configuration.Change change : changes) {
            LOG.info("configuration changed directive={}", change.name());
        }
        return Reply.OK;
    }

    private Reply rewrite(Call call) {
        try {
            ConfigFile.rewrite(configuration);
        } catch (ConfigException e) {
            throw new CommandException("ERR " + e.getMessage());
        } catch (IOException e) {
            LOG.warn("configuration not rewritten file={} reason={}", configuration.file(), e.toString());
            throw new CommandException("ERR Rewriting config file: " + e.getMessage());
        }
        LOG.info("configuration rewritten file={}", configuration.file());
        return Reply.OK;
    }

    private Reply reset(Call call) {
        resetStatistics.run();
        return Reply.OK;
    }
}
