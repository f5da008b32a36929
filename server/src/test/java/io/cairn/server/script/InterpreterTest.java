package io.cairn.server.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Turn;
import io.cairn.server.command.Call;
import io.cairn.server.command.Reply;
import io.cairn.server.session.Cursors;
import io.cairn.server.session.Session;
import io.cairn.server.session.Wire;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A command that breaks down halfway ends the script that called it, since what it did can only be taken back with all of it. */
class InterpreterTest {
    private static final String[] SCRIPTS = {
        "redis.call('x') return 1",
        "redis.pcall('x') return 1",
        "pcall(redis.call, 'x') return 1",
        "for i = 1, 10 do xpcall(function() redis.call('x') end, function() return 1 end) end return 1",
        "coroutine.resume(coroutine.create(function() redis.call('x') end)) return 1",
        "pcall(coroutine.wrap(function() redis.pcall('x') end)) return 1",
    };

    /** One command, whatever it is called. */
    private record OneCommand(Supplier<Reply> command) implements ScriptedCommands {
        @Override
        public Reply run(Turn turn, Session session, byte[][] args, Set<Limit> limits) {
            return command.get();
        }

        @Override
        public boolean exists(byte[][] args) {
            return true;
        }

        @Override
        public @Nullable String refuses(Session session, ScriptFlags flags) {
            return null;
        }
    }

    private static Reply run(Interpreter interpreter, String text, Supplier<Reply> command) {
        Script script = Script.of(text.getBytes(StandardCharsets.UTF_8));
        Wire wire = (Wire) Proxy.newProxyInstance(
                InterpreterTest.class.getClassLoader(), new Class<?>[] {Wire.class}, (proxy, method, args) -> null);
        Session session = new Session(1, wire, "", "", 0, true, new Cursors(1));
        Call call = new Call(new Turn(new KeyspaceHandle(), true), 0, new byte[0][], session);
        ScriptRun run = new ScriptRun(
                ScriptRun.Kind.SCRIPT, script.digest(), call, new OneCommand(command), Set.of(), () -> 5000);
        interpreter.compile(script);
        return interpreter.run(run, List.of(), List.of());
    }

    private static Reply fail(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) cause;
    }

    @Test
    void isEndedByACommandThatBreaksDown() {
        try (Interpreter interpreter = new Interpreter("7.0.15", 0x7000F)) {
            for (String script : SCRIPTS) {
                IllegalStateException unexpected = new IllegalStateException("unexpected");
                assertSame(
                        unexpected,
                        assertThrows(RuntimeException.class, () -> run(interpreter, script, () -> fail(unexpected))),
                        script);
                for (Error error : new Error[] {new OutOfMemoryError("none left"), new StackOverflowError()}) {
                    RuntimeException thrown =
                            assertThrows(RuntimeException.class, () -> run(interpreter, script, () -> fail(error)));
                    assertSame(error, thrown.getCause(), script);
                }
                assertEquals(Reply.ONE, run(interpreter, script, () -> Reply.OK), script);
            }
        }
    }
}
