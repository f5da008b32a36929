package io.cairn.bench;

/**
 * The command line entry point of the benchmarks.
 *
 * <p><i>Confined to the main thread.</i>
 */
public final class Main {
    private Main() {}

    /** Lists what can be run. */
    public static void main(String[] args) {
        System.out.println("Usage: cairn-bench jmh [options]");
        if (args.length > 0 && args[0].equals("jmh")) {
            String[] rest = new String[args.length - 1];
            System.arraycopy(args, 1, rest, 0, rest.length);
            try {
                org.openjdk.jmh.Main.main(rest);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
