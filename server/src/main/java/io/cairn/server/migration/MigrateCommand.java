package io.cairn.server.migration;

import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.Flag;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.KeySpec.Access;
import io.cairn.server.command.Reply;
import io.cairn.server.session.Session;
import java.util.List;

/**
 * MIGRATE.
 *
 * <p>Life cycle: as long as the server's, which closes it.
 *
 * <p><i>Thread-safe.</i>
 */
public final class MigrateCommand implements AutoCloseable {
    private static final long GRACE_MILLIS = 100;

    private final KeyspaceHandle handle;
    private final Targets targets = new Targets();

    /** Moves keys of this keyspace. */
    public MigrateCommand(KeyspaceHandle handle) {
        this.handle = handle;
    }

    /** The declaration. */
    public List<Command> commands() {
        return List.of(Command.of("migrate", -6, this::migrate)
                .flags(Flag.WRITE, Flag.MOVABLEKEYS, Flag.OFF_LOOP, Flag.REMOTE)
                .keys(
                        KeySpec.one(3, Access.RW, Access.ACCESS, Access.DELETE),
                        KeySpec.rest("KEYS", -2, Access.RW, Access.ACCESS, Access.DELETE, Access.INCOMPLETE))
                .tips("nondeterministic_output")
                .logs("DEL key [key ...]")
                .categories("dangerous")
                .since("2.6.0")
                .summary("Moves keys to another node.")
                .complexity("O(N) where N is the size of the values")
                .build());
    }

    private Reply migrate(Call call) {
        MigrateRequest request = MigrateRequest.parse(call);
        Session session = Session.of(call);
        Reply reply = new Migration(handle, targets, call, request, !session.mayWait()).run();
        session.wire().after(Targets.KEPT_MILLIS + GRACE_MILLIS, targets::expire);
        return reply;
    }

    @Override
    public void close() {
        targets.close();
    }
}
