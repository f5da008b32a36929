package io.cairn.server;

import io.cairn.server.command.Command;
import io.cairn.server.command.admin.DatabaseCommands;
import io.cairn.server.command.functions.FunctionCommands;
import io.cairn.server.command.functions.FunctionEngine;
import io.cairn.server.command.geo.GeoCommands;
import io.cairn.server.command.hashes.HashCommands;
import io.cairn.server.command.hyperloglog.HyperLogLogCommands;
import io.cairn.server.command.keys.KeyCommands;
import io.cairn.server.command.lists.ListCommands;
import io.cairn.server.command.sets.SetCommands;
import io.cairn.server.command.sortedsets.SortedSetCommands;
import io.cairn.server.command.streams.StreamCommands;
import io.cairn.server.command.strings.BitmapCommands;
import io.cairn.server.command.strings.StringCommands;
import java.util.ArrayList;
import java.util.List;

/** The families of commands that change data: those that may come out of a stream too. */
final class Families {
    private Families() {}

    static List<Command> data(FunctionEngine functions) {
        List<Command> all = new ArrayList<>();
        all.addAll(StringCommands.commands());
        all.addAll(BitmapCommands.commands());
        all.addAll(KeyCommands.commands());
        all.addAll(HashCommands.commands());
        all.addAll(SetCommands.commands());
        all.addAll(ListCommands.commands());
        all.addAll(SortedSetCommands.commands());
        all.addAll(GeoCommands.commands());
        all.addAll(HyperLogLogCommands.commands());
        all.addAll(StreamCommands.commands());
        all.addAll(new FunctionCommands(functions).commands());
        all.addAll(DatabaseCommands.commands());
        return all;
    }
}
