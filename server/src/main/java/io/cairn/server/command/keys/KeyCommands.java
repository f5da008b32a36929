package io.cairn.server.command.keys;

import static io.cairn.server.command.Flag.ASKING;
import static io.cairn.server.command.Flag.DENYOOM;
import static io.cairn.server.command.Flag.EXCLUSIVE;
import static io.cairn.server.command.Flag.EXCLUSIVE_WITH_DB;
import static io.cairn.server.command.Flag.FAST;
import static io.cairn.server.command.Flag.LOADING;
import static io.cairn.server.command.Flag.MOVABLEKEYS;
import static io.cairn.server.command.Flag.OFF_LOOP;
import static io.cairn.server.command.Flag.READONLY;
import static io.cairn.server.command.Flag.STALE;
import static io.cairn.server.command.Flag.WHOLE_KEYSPACE;
import static io.cairn.server.command.Flag.WRITE;
import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.DELETE;
import static io.cairn.server.command.KeySpec.Access.INSERT;
import static io.cairn.server.command.KeySpec.Access.OW;
import static io.cairn.server.command.KeySpec.Access.RM;
import static io.cairn.server.command.KeySpec.Access.RO;
import static io.cairn.server.command.KeySpec.Access.RW;
import static io.cairn.server.command.KeySpec.Access.UPDATE;

import io.cairn.server.command.Command;
import io.cairn.server.command.Handler;
import io.cairn.server.command.KeySpec;
import java.util.List;

/**
 * The declarations of the commands on keys.
 *
 * <p>MOVE runs exclusively, and COPY to another database: a declaration cannot name keys of other databases.
 *
 * <p><i>Immutable.</i>
 */
public final class KeyCommands {
    private KeyCommands() {}

    /** All commands on keys. */
    public static List<Command> commands() {
        return List.of(
                Command.of("del", -2, Names::delete)
                        .flags(WRITE)
                        .keys(KeySpec.range(1, -1, 1, RM, DELETE))
                        .tips("request_policy:multi_shard", "response_policy:agg_sum")
                        .group("generic")
                        .since("1.0.0")
                        .summary("Deletes keys.")
                        .complexity("O(N) where N is the number of keys.")
                        .build(),
                Command.of("unlink", -2, Names::delete)
                        .flags(WRITE, FAST)
                        .keys(KeySpec.range(1, -1, 1, RM, DELETE))
                        .tips("request_policy:multi_shard", "response_policy:agg_sum")
                        .group("generic")
                        .since("4.0.0")
                        .summary("Deletes keys; as DEL, which leaves large values to a background task too.")
                        .complexity("O(N) where N is the number of keys.")
                        .build(),
                Command.of("exists", -2, Names::exists)
                        .flags(READONLY, FAST)
                        .keys(KeySpec.range(1, -1, 1, RO))
                        .tips("request_policy:multi_shard", "response_policy:agg_sum")
                        .group("generic")
                        .since("1.0.0")
                        .summary("Counts the keys that exist.")
                        .complexity("O(N) where N is the number of keys.")
                        .build(),
                Command.of("touch", -2, Names::touch)
                        .flags(READONLY, FAST)
                        .keys(KeySpec.range(1, -1, 1, RO))
                        .tips("request_policy:multi_shard", "response_policy:agg_sum")
                        .group("generic")
                        .since("3.2.1")
                        .summary("Counts the keys that exist, as a use of each.")
                        .complexity("O(N) where N is the number of keys.")
                        .build(),
                Command.of("type", 2, Names::type)
                        .flags(READONLY, FAST)
                        .keys(KeySpec.one(1, RO))
                        .group("generic")
                        .since("1.0.0")
                        .summary("Returns the type of the value of a key.")
                        .build(),
                Command.of("rename", 3, Names::rename)
                        .flags(WRITE)
                        .keys(KeySpec.one(1, RW, ACCESS, DELETE), KeySpec.one(2, OW, UPDATE))
                        .group("generic")
                        .since("1.0.0")
                        .summary("Renames a key over whatever had the new name.")
                        .build(),
                Command.of("renamenx", 3, Names::renamenx)
                        .flags(WRITE, FAST)
                        .keys(KeySpec.one(1, RW, ACCESS, DELETE), KeySpec.one(2, OW, INSERT))
                        .group("generic")
                        .since("1.0.0")
                        .summary("Renames a key if nothing has the new name.")
                        .build(),
                Command.of("copy", -3, Names::copy)
                        .flags(WRITE, DENYOOM, EXCLUSIVE_WITH_DB)
                        .keys(KeySpec.one(1, RO, ACCESS), KeySpec.one(2, OW, UPDATE))
                        .group("generic")
                        .since("6.2.0")
                        .summary("Copies a key, to another database too.")
                        .complexity("O(N) where N is the number of elements of the value.")
                        .build(),
                Command.of("move", 3, Names::move)
                        .flags(WRITE, FAST, EXCLUSIVE)
                        .keys(KeySpec.one(1, RW, ACCESS, UPDATE))
                        .group("generic")
                        .since("1.0.0")
                        .summary("Moves a key to another database.")
                        .build(),
                Command.of("expire", -3, Deadlines::expire)
                        .logs("PEXPIREAT key unix-time-milliseconds [NX|XX|GT|LT]", "DEL key", "UNLINK key")
                        .flags(WRITE, FAST)
                        .keys(KeySpec.one(1, RW, UPDATE))
                        .group("generic")
                        .since("1.0.0")
                        .summary("Sets the time to live of a key in seconds.")
                        .build(),
                Command.of("pexpire", -3, Deadlines::pexpire)
                        .logs("PEXPIREAT key unix-time-milliseconds [NX|XX|GT|LT]", "DEL key", "UNLINK key")
                        .flags(WRITE, FAST)
                        .keys(KeySpec.one(1, RW, UPDATE))
                        .group("generic")
                        .since("2.6.0")
                        .summary("Sets the time to live of a key in milliseconds.")
                        .build(),
                Command.of("expireat", -3, Deadlines::expireat)
                        .logs("PEXPIREAT key unix-time-milliseconds [NX|XX|GT|LT]", "DEL key", "UNLINK key")
                        .flags(WRITE, FAST)
                        .keys(KeySpec.one(1, RW, UPDATE))
                        .group("generic")
                        .since("1.2.0")
                        .summary("Sets when a key expires, in Unix seconds.")
                        .build(),
                Command.of("pexpireat", -3, Deadlines::pexpireat)
                        .logs("PEXPIREAT key unix-time-milliseconds [NX|XX|GT|LT]", "DEL key", "UNLINK key")
                        .flags(WRITE, FAST)
                        .keys(KeySpec.one(1, RW, UPDATE))
                        .group("generic")
                        .since("2.6.0")
                        .summary("Sets when a key expires, in Unix milliseconds.")
                        .build(),
                Command.of("ttl", 2, Deadlines::ttl)
                        .flags(READONLY, FAST)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .tips("nondeterministic_output")
                        .group("generic")
                        .since("1.0.0")
                        .summary("Returns the time to live of a key in seconds.")
                        .build(),
                Command.of("pttl", 2, Deadlines::pttl)
                        .flags(READONLY, FAST)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .tips("nondeterministic_output")
                        .group("generic")
                        .since("2.6.0")
                        .summary("Returns the time to live of a key in milliseconds.")
                        .build(),
                Command.of("expiretime", 2, Deadlines::expiretime)
                        .flags(READONLY, FAST)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .group("generic")
                        .since("7.0.0")
                        .summary("Returns when a key expires, in Unix seconds.")
                        .build(),
                Command.of("pexpiretime", 2, Deadlines::pexpiretime)
                        .flags(READONLY, FAST)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .group("generic")
                        .since("7.0.0")
                        .summary("Returns when a key expires, in Unix milliseconds.")
                        .build(),
                Command.of("persist", 2, Deadlines::persist)
                        .flags(WRITE, FAST)
                        .keys(KeySpec.one(1, RW, UPDATE))
                        .group("generic")
                        .since("2.2.0")
                        .summary("Makes a key stay for good.")
                        .build(),
                Command.of("scan", -2, Iteration::scan)
                        .flags(READONLY, WHOLE_KEYSPACE)
                        .tips("nondeterministic_output", "request_policy:special")
                        .group("generic")
                        .since("2.8.0")
                        .summary("Iterates over the keys of a database, some in each call.")
                        .complexity("O(N) where N is COUNT.")
                        .build(),
                Command.of("keys", 2, Iteration::keys)
                        .flags(READONLY, WHOLE_KEYSPACE, OFF_LOOP)
                        .tips("request_policy:all_shards", "nondeterministic_output_order")
                        .categories("dangerous")
                        .group("generic")
                        .since("1.0.0")
                        .summary("Returns the keys that match a pattern.")
                        .complexity("O(N) where N is the number of keys that begin as the pattern does.")
                        .build(),
                Command.of("randomkey", 1, Iteration::randomkey)
                        .flags(READONLY, WHOLE_KEYSPACE)
                        .tips("request_policy:all_shards", "nondeterministic_output")
                        .group("generic")
                        .since("1.0.0")
                        .summary("Returns some key of the database.")
                        .build(),
                Command.of("sort", -2, Sort::sort)
                        .flags(WRITE, DENYOOM, MOVABLEKEYS, EXCLUSIVE)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .categories("set", "sortedset", "list", "dangerous", "-keyspace")
                        .group("generic")
                        .since("1.0.0")
                        .summary("Sorts the elements of a list, a set or a sorted set, and may store them.")
                        .complexity("O(N+M*log(N)) for N elements of which M are returned.")
                        .build(),
                Command.of("sort_ro", -2, Sort::sortRo)
                        .flags(READONLY, MOVABLEKEYS, EXCLUSIVE)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .categories("set", "sortedset", "list", "dangerous", "-keyspace")
                        .group("generic")
                        .since("7.0.0")
                        .summary("Sorts the elements of a list, a set or a sorted set.")
                        .complexity("O(N+M*log(N)) for N elements of which M are returned.")
                        .build(),
                Command.of("dump", 2, Dumps::dump)
                        .flags(READONLY)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .tips("nondeterministic_output")
                        .group("generic")
                        .since("2.6.0")
                        .summary("Returns the value of a key as bytes that RESTORE takes.")
                        .complexity("O(N) where N is the size of the value.")
                        .build(),
                Command.of("restore", -4, Dumps::restore)
                        .logs(
                                Command.AS_CALLED,
                                "RESTORE key unix-time-milliseconds payload ABSTTL ...",
                                "HPEXPIREAT key unix-time-milliseconds FIELDS n field ...",
                                "DEL key")
                        .flags(WRITE, DENYOOM)
                        .keys(KeySpec.one(1, OW, UPDATE))
                        .categories("dangerous")
                        .group("generic")
                        .since("2.6.0")
                        .summary("Creates a key from the bytes that DUMP returned.")
                        .complexity("O(N) where N is the size of the value.")
                        .build(),
                Command.of("restore-asking", -4, Dumps::restore)
                        .logs(
                                Command.AS_CALLED,
                                "RESTORE-ASKING key unix-time-milliseconds payload ABSTTL ...",
                                "DEL key")
                        .flags(WRITE, DENYOOM, ASKING)
                        .keys(KeySpec.one(1, OW, UPDATE))
                        .categories("keyspace", "dangerous")
                        .group("server")
                        .since("3.0.0")
                        .summary("RESTORE as a node of a cluster sends it while it moves a slot.")
                        .complexity("O(N) where N is the size of the value.")
                        .build(),
                object());
    }

    private static Command object() {
        return Command.container("object")
                .group("generic")
                .since("2.2.3")
                .summary("Tells how a value is held.")
                .complexity("Depends on subcommand.")
                .sub(Command.of("help", 2, Objects::help)
                        .flags(LOADING, STALE)
                        .since("6.2.0")
                        .summary("Describes the subcommands."))
                .sub(ofKey("encoding", Objects::encoding, "2.2.3", "Returns the encoding of the value of a key."))
                .sub(ofKey("freq", Objects::freq, "4.0.0", "Returns how often a key is used."))
                .sub(ofKey("idletime", Objects::idletime, "2.2.3", "Returns how long a key has not been used."))
                .sub(ofKey(
                        "refcount", Objects::refcount, "2.2.3", "Returns how often the value of a key is referred to."))
                .build();
    }

    private static Command.Builder ofKey(String name, Handler handler, String since, String summary) {
        return Command.of(name, 3, handler)
                .flags(READONLY)
                .keys(KeySpec.one(2, RO))
                .tips("nondeterministic_output")
                .since(since)
                .summary(summary);
    }
}
