package dev.galatea.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.Optional;

/** TCP ports on the loopback address. Thread-safe. */
public final class Ports {

    static final String LOOPBACK = "127.0.0.1";

    private static final int LAST = 65535;

    private Ports() {}

    /**
     * Finds ports that are free now. Another process may take one before it is bound.
     *
     * @throws EmbeddedException if there are none left
     */
    public static int[] free(int count) {
        int[] found = new int[0];
        for (int i = 0; i < count; i++) {
            int next = claim("any", 0, found);
            found = Arrays.copyOf(found, i + 1);
            found[i] = next;
        }
        return found;
    }

    /** Says why a server can't have this port on the loopback address; empty if it can. */
    public static Optional<String> problem(int port) {
        if (port < 1 || port > LAST) {
            return Optional.of("is not a port; valid are 1 to " + LAST);
        }
        try {
            claim("", port);
            return Optional.empty();
        } catch (EmbeddedException e) {
            return Optional.of("can't be used: "
                    + (e.getCause() == null ? "" : e.getCause().getMessage()) + "; choose another");
        }
    }

    /**
     * The port itself if it is free, or for 0 any free one but those that are promised already: asked twice, the system
     * may well name the same port again, since nobody has bound it yet.
     */
    static int claim(String what, int port, int... promised) {
        if (port < 0 || port > LAST) {
            throw new EmbeddedException(what + " port: " + port + " is not a port; valid are 0 (any free) to " + LAST);
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(LOOPBACK), port));
            int found = socket.getLocalPort();
            if (port == 0 && Arrays.stream(promised).anyMatch(other -> other == found)) {
                // While this socket is open, the next one gets another.
                return claim(what, 0, promised);
            }
            return found;
        } catch (IOException e) {
            throw new EmbeddedException(
                    what + " port: " + port + " on " + LOOPBACK + " is in use; choose another, or 0 for a free one", e);
        }
    }
}
