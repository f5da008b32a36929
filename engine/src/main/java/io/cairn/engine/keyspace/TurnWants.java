package io.cairn.engine.keyspace;

import io.cairn.engine.rows.WouldBlockException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a command comes to that it had not named: it gets it at once, or is abandoned, to be run again when it can be had.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
public final class TurnWants {
    /**
     * What was asked for.
     *
     * @param keys keys to be locked too
     * @param alone whether no other turn may be under way
     */
    public record Wants(List<Turn.DbKey> keys, boolean alone) {}

    private final Turn turn;
    private final List<Turn.DbKey> keys = new ArrayList<>();
    private boolean alone;

    TurnWants(Turn turn) {
        this.turn = turn;
    }

    /**
     * Takes the stripe of a key.
     *
     * @throws WouldBlockException if another turn has it: the command must be abandoned
     */
    public void require(int db, byte[] key) {
        if (!turn.tryLock(db, key)) {
            keys.add(new Turn.DbKey(db, key));
            throw WouldBlockException.INSTANCE;
        }
    }

    /**
     * Insists that no other turn is under way.
     *
     * @throws WouldBlockException if that is not so: the command must be abandoned
     */
    public void requireAlone() {
        if (!turn.isExclusive()) {
            alone = true;
            throw WouldBlockException.INSTANCE;
        }
    }

    /** What the command that was just abandoned asked for; it is asked for until the turn is committed or abandoned. */
    public Wants take() {
        Wants wants = new Wants(List.copyOf(keys), alone);
        clear();
        return wants;
    }

    void clear() {
        keys.clear();
        alone = false;
    }
}
