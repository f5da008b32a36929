/**
 * Scripts: Lua 5.1 as the reference implementation runs it, with the functions that Redis gives to scripts.
 *
 * <p>{@link io.cairn.server.script.ScriptCommands} declares EVAL, SCRIPT and their like; {@link io.cairn.server.script.Scripts}
 * keeps what was loaded and the interpreters, of which a thread borrows one for a run; {@link
 * io.cairn.server.script.Interpreter} is one Lua state; {@link io.cairn.server.script.ScriptRun} is one run. What a script's commands do goes
 * through {@link io.cairn.server.script.ScriptedCommands}, which is the dispatcher's.
 */
@NullMarked
package io.cairn.server.script;

import org.jspecify.annotations.NullMarked;
