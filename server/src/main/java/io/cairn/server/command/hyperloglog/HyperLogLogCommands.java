package io.cairn.server.command.hyperloglog;

import static io.cairn.server.command.Flag.DENYOOM;
import static io.cairn.server.command.Flag.FAST;
import static io.cairn.server.command.Flag.MAY_REPLICATE;
import static io.cairn.server.command.Flag.READONLY;
import static io.cairn.server.command.Flag.WRITE;
import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.INSERT;
import static io.cairn.server.command.KeySpec.Access.RO;
import static io.cairn.server.command.KeySpec.Access.RW;

import io.cairn.server.command.Command;
import io.cairn.server.command.KeySpec;
import java.util.List;

/**
 * The declarations of all commands on HyperLogLogs.
 *
 * <p><i>Immutable.</i>
 */
public final class HyperLogLogCommands {
    private HyperLogLogCommands() {}

    /** All HyperLogLog commands. */
    public static List<Command> commands() {
        return List.of(
                Command.of("pfadd", -2, Counting::pfadd)
                        .flags(WRITE, DENYOOM, FAST)
                        .keys(KeySpec.one(1, RW, INSERT))
                        .group("hyperloglog")
                        .since("2.8.9")
                        .summary("Adds elements to a HyperLogLog, which is created if need be.")
                        .complexity("O(1) for each element")
                        .build(),
                Command.of("pfcount", -2, Counting::pfcount)
                        .logs(Command.AS_CALLED)
                        .flags(READONLY, MAY_REPLICATE)
                        .logs(Command.AS_CALLED)
                        .keys(KeySpec.range(1, -1, 1, RW, ACCESS))
                        .group("hyperloglog")
                        .since("2.8.9")
                        .summary("Estimates how many different elements one or several HyperLogLogs have seen.")
                        .complexity("O(1) with one key whose estimate is remembered, else O(N) with N keys")
                        .build(),
                Command.of("pfmerge", -2, Counting::pfmerge)
                        .flags(WRITE, DENYOOM)
                        .keys(KeySpec.one(1, RW, ACCESS, INSERT), KeySpec.range(2, -1, 1, RO, ACCESS))
                        .group("hyperloglog")
                        .since("2.8.9")
                        .summary("Merges HyperLogLogs into one.")
                        .complexity("O(N) with N keys")
                        .build());
    }
}
