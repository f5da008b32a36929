package io.cairn.server.command.strings;

import io.cairn.engine.keyspace.MetaRow;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Expiry;

/**
 * The options of SET and GETEX, from argument {@code from} on.
 *
 * <p>{@code expiry} is the argument that holds the time, 0 for none; {@code unit} is how it is meant.
 *
 * <p><i>Immutable.</i>
 */
record SetOptions(boolean nx, boolean xx, boolean get, boolean keepTtl, boolean persist, Expiry.Unit unit, int expiry) {
    /** Options of SET. */
    static SetOptions ofSet(Call call) {
        return parse(call, 3, true);
    }

    /** Options of GETEX. */
    static SetOptions ofGetex(Call call) {
        return parse(call, 2, false);
    }

    private static SetOptions parse(Call call, int from, boolean set) {
        boolean nx = false;
        boolean xx = false;
        boolean get = false;
        boolean keepTtl = false;
        boolean persist = false;
        Expiry.Unit unit = Expiry.Unit.NONE;
        int expiry = 0;
        for (int at = from; at < call.count(); at++) {
            boolean noExpiry = unit == Expiry.Unit.NONE;
            Expiry.Unit asUnit = Expiry.Unit.of(call, at);
            if (set && call.is(at, "nx") && !xx) {
                nx = true;
            } else if (set && call.is(at, "xx") && !nx) {
                xx = true;
            } else if (set && call.is(at, "get")) {
                get = true;
            } else if (set && call.is(at, "keepttl") && noExpiry) {
                keepTtl = true;
            } else if (!set && call.is(at, "persist") && noExpiry) {
                persist = true;
            } else if (asUnit != Expiry.Unit.NONE
                    && (noExpiry || unit == asUnit)
                    && !keepTtl
                    && !persist
                    && at + 1 < call.count()) {
                unit = asUnit;
                expiry = ++at;
            } else {
                throw CommandException.syntax();
            }
        }
        return new SetOptions(nx, xx, get, keepTtl, persist, unit, expiry);
    }

    /** When the key is due, or {@link MetaRow#NO_EXPIRY} if no option says so. */
    long dueMillis(Call call, String command) {
        return unit == Expiry.Unit.NONE ? MetaRow.NO_EXPIRY : unit.dueMillis(call, expiry, command);
    }
}
