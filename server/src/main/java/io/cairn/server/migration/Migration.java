package io.cairn.server.migration;

import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.keyspace.Watches;
import io.cairn.server.command.Call;
import io.cairn.server.command.Reply;
import io.cairn.server.command.keys.Payload;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One MIGRATE.
 *
 * <p>Nothing is held while keys are on their way. They are watched; those that somebody modifies meanwhile are sent again,
 * over what was sent before, and at the end, under all their stripes, those that were taken and not modified since are
 * deleted, as one unit. A key that is modified faster than it is sent would go on like this for ever: after {@value
 * #LOOSE_ROUNDS} rounds it is held, as Redis holds everything, while it is sent once more. So it is in a transaction, which is
 * one turn from its begin to its end.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
final class Migration {
    private static final int LOOSE_ROUNDS = 8;
    private static final byte[] DEL = "DEL".getBytes(StandardCharsets.US_ASCII);

    /** A key on its way. */
    private static final class Item implements Watches.Watcher {
        private final byte[] key;
        private boolean again; // the target has an older value of it from us
        private boolean sent;
        private volatile boolean modified;

        private Item(byte[] key) {
            this.key = key;
        }

        @Override
        public void modified() {
            modified = true;
        }
    }

    private final KeyspaceHandle handle;
    private final Targets targets;
    private final Call call;
    private final Turn turn;
    private final MigrateRequest request;
    private final boolean within;
    private final List<Item> items = new ArrayList<>();
    private final List<Item> taken = new ArrayList<>();
    private String doing = "";

    /** @param within whether it runs inside of a transaction */
    Migration(KeyspaceHandle handle, Targets targets, Call call, MigrateRequest request, boolean within) {
        this.handle = handle;
        this.targets = targets;
        this.call = call;
        this.turn = call.turn();
        this.request = request;
        this.within = within;
    }

    /** Does it; the keys' stripes are held when it begins. */
    Reply run() {
        for (byte[] key : request.keys()) {
            if (turn.read(call.db(), key) != null) {
                items.add(new Item(key));
            }
        }
        if (items.isEmpty()) {
            return Reply.simple("NOKEY");
        }
        items.forEach(item -> handle.watches().add(call.db(), item.key, item));
        try {
            return move();
        } finally {
            items.forEach(item -> handle.watches().remove(call.db(), item.key, item));
        }
    }

    private Reply move() {
        List<Item> pending = items;
        for (int round = 1; ; round++) {
            boolean holding = within || round > LOOSE_ROUNDS;
            if (!holding) {
                turn.commit();
            }
            String error = send(pending, holding);
            if (!holding) {
                lock(items);
            }
            List<Item> modified = new ArrayList<>();
            if (!request.copy()) {
                taken.stream().filter(item -> item.modified).forEach(modified::add);
            }
            taken.removeAll(modified);
            if (error != null || modified.isEmpty()) {
                deleteTaken();
                return error == null ? Reply.OK : Reply.error(error);
            }
            modified.forEach(item -> item.again = true);
            pending = modified;
        }
    }

    private void lock(List<Item> which) {
        turn.begin(System.currentTimeMillis());
        turn.lockAll(
                which.stream().map(item -> new Turn.DbKey(call.db(), item.key)).toList(), false);
    }

    private void deleteTaken() {
        if (request.copy()) {
            return;
        }
        List<byte[]> effect = new ArrayList<>(List.of(DEL));
        for (Item item : taken) {
            if (turn.write(call.db(), item.key) != null) {
                turn.set(call.db(), item.key, null);
                effect.add(item.key);
                call.notifyDeleted(item.key);
            }
        }
        if (effect.size() > 1) {
            call.propagate(effect.toArray(byte[][]::new));
        }
    }

    // ---- on the way

    /** Sends keys, and adds to {@link #taken} those that the target took; the error for the client, or null. */
    private @Nullable String send(List<Item> pending, boolean holding) {
        Target target = targets.take(request.address());
        for (boolean retries = true; ; retries = false) {
            int takenBefore = taken.size();
            if (target == null) {
                try {
                    target = Target.connect(request.host(), request.port(), request.timeoutMillis());
                } catch (ConnectException | NoRouteToHostException e) {
                    return "IOERR error or timeout writing to target instance"; // where Redis comes to know of it
                } catch (IOException e) {
                    return "IOERR error or timeout connecting to the client";
                }
            }
            targets.inUse(target);
            try {
                return exchange(target, pending, holding);
            } catch (SocketTimeoutException e) {
                return broken(target);
            } catch (IOException e) {
                if (!retries || taken.size() > takenBefore) {
                    return broken(target);
                }
                Targets.close(target);
            } finally {
                targets.outOfUse(target);
            }
            target = null;
        }
    }

    private @Nullable String exchange(Target target, List<Item> pending, boolean holding) throws IOException {
        doing = "writing";
        Transfer transfer = new Transfer(target, request);
        for (Item item : pending) {
            item.sent = restore(transfer, item, holding);
        }
        target.flush();
        doing = "reading";
        transfer.begun();
        String error = null;
        for (Item item : pending) {
            String refusal = item.sent ? transfer.reply() : null;
            if (item.sent && refusal == null) {
                taken.add(item);
            }
            error = error == null ? refusal : error;
        }
        if (error == null) {
            transfer.done();
        } else {
            target.db(Target.NO_DB);
        }
        targets.keep(request.address(), target);
        return error == null ? null : "ERR Target instance replied with error: " + error;
    }

    private String broken(Target target) {
        Targets.close(target);
        return "IOERR error or timeout " + doing + " to target instance";
    }

    /** Reads the value and sends it, or that it is gone if the target has it; false if there is nothing to send. */
    private boolean restore(Transfer transfer, Item item, boolean holding) throws IOException {
        Payload payload;
        long ttlMillis;
        if (!holding) {
            lock(List.of(item));
        }
        try {
            item.modified = false;
            byte[] row = turn.read(call.db(), item.key);
            if (row == null) {
                if (item.again) {
                    transfer.delete(item.key);
                }
                return item.again;
            }
            long due = MetaRow.expireAtMillis(row);
            ttlMillis = due == MetaRow.NO_EXPIRY ? 0 : Math.max(1, due - turn.nowMillis());
            payload = Payload.of(turn, row);
        } finally {
            if (!holding) {
                turn.commit();
            }
        }
        transfer.restore(item.key, ttlMillis, payload, request.replace() || item.again);
        return true;
    }
}
