package dev.galatea.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** TCP ports on the loopback address. */
final class Ports {

    static final String LOOPBACK = "127.0.0.1";

    private Ports() {}

    /** The port itself if it is free, or any free one for 0. Somebody else may take it before it is bound. */
    static int claim(String what, int port) {
        if (port < 0 || port > 65535) {
            throw new EmbeddedException(what + " port: " + port + " is not a port; valid are 0 (any free) to 65535");
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(LOOPBACK), port));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new EmbeddedException(
                    what + " port: " + port + " on " + LOOPBACK + " is in use; choose another, or 0 for a free one", e);
        }
    }
}
