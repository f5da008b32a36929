package io.cairn.server;

import io.cairn.server.config.ConfigException;
import io.cairn.server.config.Configuration;
import io.cairn.server.config.Directives;
import io.cairn.server.net.Network;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the server listens, from the directives {@code bind}, {@code port} and {@code unixsocket}. */
final class Addresses {
    private static final Logger LOG = LoggerFactory.getLogger(Addresses.class);
    private static final int PERMISSION_BITS = 9;

    private final Configuration configuration;

    Addresses(Configuration configuration) {
        this.configuration = configuration;
    }

    /** Listens everywhere; returns the TCP port, which the system chose if port 0 and no unix socket are configured. */
    int listen(Network network) throws IOException {
        int port = (int) configuration.number(Directives.PORT);
        String path = configuration.text(Directives.UNIXSOCKET);
        if (!path.isEmpty()) {
            listen(network, Path.of(path));
        }
        if (port == 0 && !path.isEmpty()) {
            return 0;
        }
        int bound = 0;
        for (String word : words()) {
            boolean optional = word.startsWith("-");
            String name = optional ? word.substring(1) : word;
            try {
                for (InetAddress address : resolve(name)) {
                    bound = network.listen(address, bound == 0 ? port : bound);
                }
            } catch (IOException e) {
                if (!optional) {
                    throw e;
                }
                LOG.debug("address left out address={} reason={}", name, e.toString());
            }
        }
        if (bound == 0) {
            throw new IOException("no address of '" + configuration.text(Directives.BIND) + "' can be listened on");
        }
        return bound;
    }

    /** The words of bind; a socket for all IPv4 addresses here takes IPv6 too, another for these would meet it. */
    private List<String> words() {
        List<String> words =
                new ArrayList<>(List.of(configuration.text(Directives.BIND).split(" ")));
        if (words.contains("*")) {
            words.removeIf(word -> word.equals("::*") || word.equals("-::*"));
        }
        return words;
    }

    private static InetAddress[] resolve(String name) throws UnknownHostException {
        return switch (name) {
            case "*" -> InetAddress.getAllByName("0.0.0.0");
            case "::*" -> InetAddress.getAllByName("::");
            default -> InetAddress.getAllByName(name);
        };
    }

    private void listen(Network network, Path path) throws IOException {
        Files.deleteIfExists(path);
        network.listen(new DomainSocketAddress(path.toFile()));
        int bits = permissions(configuration.text(Directives.UNIXSOCKETPERM));
        if (bits != 0) {
            Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
            PosixFilePermission[] all = PosixFilePermission.values(); // owner read first, others execute last
            for (int i = 0; i < PERMISSION_BITS; i++) {
                if ((bits >> PERMISSION_BITS - 1 - i & 1) != 0) {
                    permissions.add(all[i]);
                }
            }
            Files.setPosixFilePermissions(path, permissions);
        }
    }

    private static int permissions(String octal) {
        try {
            return Integer.parseInt(octal, 8);
        } catch (NumberFormatException e) {
            throw new ConfigException("unixsocketperm must be octal, not '" + octal + "'");
        }
    }
}
