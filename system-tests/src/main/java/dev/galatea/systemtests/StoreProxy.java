package dev.galatea.systemtests;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** A TCP proxy in front of the store that can be told to misbehave. Thread-safe. */
final class StoreProxy implements AutoCloseable {

    /** The ways to treat a connection. */
    enum Mode {
        /** As they are. */
        PASS,
        /** Closed at once, as if nobody listened. */
        DOWN,
        /** Every piece of an answer comes late. */
        SLOW,
        /** Every request is answered with HTTP 503. */
        ERRORS,
        /** Answers end in the middle, and the connection with them. */
        CUT
    }

    private static final int BUFFER_BYTES = 16 * 1024;
    private static final long SLOW_MS = 300;

    /** Enough for a status line and headers, too little for an object. */
    private static final int CUT_BYTES = 700;

    private static final byte[] UNAVAILABLE =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".getBytes(US_ASCII);

    private final ServerSocket server;
    private final int target;
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong disturbed = new AtomicLong();
    private volatile Mode mode = Mode.PASS;

    private StoreProxy(ServerSocket server, int target) {
        this.server = server;
        this.target = target;
    }

    /** Listens on {@code port} of the loopback address and passes on to {@code target}. */
    static StoreProxy start(int port, int target) throws IOException {
        StoreProxy proxy = new StoreProxy(new ServerSocket(port, 0, InetAddress.getLoopbackAddress()), target);
        proxy.thread(proxy::accept, "store-proxy");
        return proxy;
    }

    /** Changes the treatment; connections that are open are cut, so that it holds for all requests from now on. */
    void mode(Mode next) {
        mode = next;
        open.forEach(StoreProxy::closeQuietly);
    }

    /** Treats connections as they are again; returns how many were not since it was asked last. */
    long pass() {
        mode(Mode.PASS);
        return disturbed.getAndSet(0);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                thread(() -> serve(client), "store-proxy-connection");
            } catch (IOException e) {
                // Closed, or the client went away before it was served.
            }
        }
    }

    private void serve(Socket client) {
        Mode now = mode;
        if (now != Mode.PASS) {
            disturbed.incrementAndGet();
        }
        try (client) {
            switch (now) {
                case DOWN -> client.setSoLinger(true, 0);
                case ERRORS -> refuse(client);
                case PASS, SLOW, CUT -> relay(client, now);
            }
        } catch (IOException e) {
            // One of the two ends closed; the other end notices by itself.
        } finally {
            open.remove(client);
        }
    }

    private static void refuse(Socket client) throws IOException {
        client.getInputStream().read(new byte[BUFFER_BYTES]);
        client.getOutputStream().write(UNAVAILABLE);
    }

    private void relay(Socket client, Mode now) throws IOException {
        try (Socket store = new Socket(InetAddress.getLoopbackAddress(), target)) {
            open.add(store);
            thread(() -> copyQuietly(client, store), "store-proxy-requests");
            copy(store.getInputStream(), client.getOutputStream(), now);
            open.remove(store);
        }
    }

    private void copyQuietly(Socket from, Socket to) {
        try {
            copy(from.getInputStream(), to.getOutputStream(), Mode.PASS);
        } catch (IOException e) {
            closeQuietly(to);
        }
    }

    private static void copy(InputStream from, OutputStream to, Mode now) throws IOException {
        byte[] buffer = new byte[now == Mode.CUT ? CUT_BYTES : BUFFER_BYTES];
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
            if (now == Mode.SLOW) {
                sleep();
            }
            to.write(buffer, 0, n);
            to.flush();
            if (now == Mode.CUT) {
                return;
            }
        }
    }

    private static void sleep() throws IOException {
        try {
            Thread.sleep(SLOW_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private void thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            // It is gone, which is what was wanted.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.forEach(StoreProxy::closeQuietly);
    }
}
