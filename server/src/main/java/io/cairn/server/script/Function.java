package io.cairn.server.script;

import io.cairn.engine.entry.FunctionLibrary;
import org.jspecify.annotations.Nullable;

/**
 * A function that a library registers.
 *
 * @param name letters, digits and underscores
 * @param description what the library says of it
 * @param flags what it has declared
 * @param library where it is from
 *     <p><i>Immutable.</i>
 */
record Function(String name, byte @Nullable [] description, ScriptFlags flags, FunctionLibrary library) {}
