package io.cairn.server;

/**
 * The command line entry point of the server.
 *
 * <p><i>Confined to the main thread.</i>
 */
public final class Main {
    private Main() {}

    /** Starts the server; {@code --version} and {@code --help} print and return. */
    public static void main(String[] args) {
        String version = Main.class.getPackage().getImplementationVersion();
        System.out.println("Cairn server v=" + (version == null ? "development" : version));
        if (args.length > 0 && args[0].equals("--help")) {
            System.out.println("Usage: cairn-server [/path/to/cairn.conf] [--directive value ...]");
        }
    }
}
