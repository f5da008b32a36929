package io.cairn.server.command.sets;

import io.cairn.engine.keyspace.Event;
import io.cairn.engine.types.Element;
import io.cairn.engine.types.Sample;
import io.cairn.engine.types.SetEdit;
import io.cairn.engine.types.Sets;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Draws;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The commands that take or show random members of a set. What was taken is logged by name.
 *
 * <p><i>Immutable.</i>
 */
final class RandomMembers {
    private static final byte[] DEL = "DEL".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SREM = "SREM".getBytes(StandardCharsets.US_ASCII);
    private static final int MEMBERS_PER_EFFECT = 1024;

    private RandomMembers() {}

    static Reply spop(Call call) {
        if (call.count() > 3) {
            throw CommandException.syntax();
        }
        if (call.count() == 3) {
            return popMany(call, Numbers.parseLongOr(call.arg(2), -1));
        }
        byte[] row = SetCommands.write(call, 1);
        if (row == null) {
            return Reply.NULL;
        }
        byte[] member = sample(call, row).one().member();
        SetEdit set = SetCommands.edit(call, 1, row);
        set.take(member);
        set.store();
        call.notifyTaken(Event.SET, "spop", call.arg(1));
        call.propagate(SREM, call.arg(1), member);
        return Reply.bulk(member);
    }

    private static Reply popMany(Call call, long count) {
        if (count < 0) {
            throw new CommandException("ERR value is out of range, must be positive");
        }
        byte[] row = SetCommands.write(call, 1);
        if (row == null || count == 0) {
            return new Reply.Members(List.of());
        }
        if (count >= Sets.count(row)) {
            Reply all = new Reply.Members(SetMembers.members(call, row));
            call.turn().set(call.db(), call.arg(1), null);
            call.notifyTaken(Event.SET, "spop", call.arg(1));
            call.propagate(DEL, call.arg(1));
            return all;
        }
        List<Element> drawn = sample(call, row).distinct(count);
        SetEdit set = SetCommands.edit(call, 1, row);
        List<Reply> members = new ArrayList<>(drawn.size());
        List<byte[]> effect = new ArrayList<>();
        for (Element element : drawn) {
            byte[] member = element.member();
            set.take(member);
            members.add(Reply.bulk(member));
            if (effect.isEmpty()) {
                effect.add(SREM);
                effect.add(call.arg(1));
            }
            effect.add(member);
            if (effect.size() == MEMBERS_PER_EFFECT + 2) {
                call.propagate(effect.toArray(byte[][]::new));
                effect.clear();
            }
        }
        if (!effect.isEmpty()) {
            call.propagate(effect.toArray(byte[][]::new));
        }
        set.store();
        call.notify(Event.SET, "spop", call.arg(1));
        return new Reply.Members(members);
    }

    static Reply srandmember(Call call) {
        if (call.count() > 3) {
            throw CommandException.syntax();
        }
        if (call.count() == 2) {
            byte[] row = SetCommands.read(call, 1);
            return row == null
                    ? Reply.NULL
                    : SetCommands.reply(sample(call, row).one());
        }
        long count = Draws.count(call, 2);
        byte[] row = SetCommands.read(call, 1);
        if (row == null || count == 0) {
            return Reply.EMPTY_ARRAY;
        }
        Sample sample = sample(call, row);
        List<Element> drawn = count > 0 ? sample.distinct(count) : sample.repeated(Draws.repeats(count));
        List<Reply> members = new ArrayList<>(drawn.size());
        for (Element element : drawn) {
            members.add(SetCommands.reply(element));
        }
        return Reply.array(members);
    }

    private static Sample sample(Call call, byte[] row) {
        return Sample.ofSet(call.turn(), row, ThreadLocalRandom.current());
    }
}
