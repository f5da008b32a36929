package io.cairn.server.script;

import io.cairn.server.command.CommandException;
import io.cairn.server.resp.Words;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A script that was loaded.
 *
 * @param digest SHA-1 of the whole text, forty hexadecimal digits in lower case
 * @param code what Lua compiles: the text from the end of its first line on, if that is a declaration
 * @param flags what it has declared
 *     <p><i>Immutable.</i>
 */
record Script(String digest, byte[] code, ScriptFlags flags) {
    private static final String FLAGS = "flags=";

    /**
     * The script of that text.
     *
     * @throws CommandException if its first line is a declaration that is not understood
     */
    static Script of(byte[] text) {
        String digest = digest(text);
        if (text.length < 2 || text[0] != '#' || text[1] != '!') {
            return new Script(digest, text, ScriptFlags.NONE);
        }
        int end = 0;
        while (end < text.length && text[end] != '\n') {
            end++;
        }
        if (end == text.length) {
            throw new CommandException("ERR Invalid script shebang");
        }
        List<byte[]> words = Words.split(text, 0, end);
        if (words == null || words.isEmpty()) {
            throw new CommandException("ERR Invalid engine in script shebang");
        }
        String engine = new String(words.get(0), StandardCharsets.UTF_8);
        if (!engine.equals("#!lua")) {
            throw new CommandException("ERR Unexpected engine in script shebang: " + engine);
        }
        ScriptFlags flags = new ScriptFlags(true, flags(words.subList(1, words.size())));
        return new Script(digest, Arrays.copyOfRange(text, end, text.length), flags);
    }

    private static Set<ScriptFlags.Flag> flags(List<byte[]> options) {
        Set<ScriptFlags.Flag> flags = EnumSet.noneOf(ScriptFlags.Flag.class);
        for (byte[] option : options) {
            String word = new String(option, StandardCharsets.UTF_8);
            if (!word.startsWith(FLAGS)) {
                throw new CommandException("ERR Unknown lua shebang option: " + word);
            }
            String names = word.substring(FLAGS.length());
            for (String name : names.isEmpty() ? List.<String>of() : List.of(names.split(",", -1))) {
                flags.add(ScriptFlags.named(name)
                        .orElseThrow(() -> new CommandException("ERR Unexpected flag in script shebang: " + name)));
            }
        }
        return flags;
    }

    /** SHA-1 in hexadecimal. */
    static String digest(byte[] text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
