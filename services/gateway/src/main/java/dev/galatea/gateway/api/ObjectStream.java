package dev.galatea.gateway.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Executor;

import org.jboss.logging.Logger;

/**
 * An open object on its way to a client. It may be closed at any time and by any thread, which is not held by that:
 * what is left of the store's answer is read away by a pool, after a read that is under way. Then its place among the
 * downloads is given back. Thread-safe, but for two reads at once.
 */
final class ObjectStream implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(ObjectStream.class);

    private final InputStream body;
    private final long length;
    private final Runnable whenClosed;
    private final Executor pool;
    private boolean reading;
    private boolean closed;

    /** @param pool whose threads may be blocked by the store */
    ObjectStream(InputStream body, long length, Runnable whenClosed, Executor pool) {
        this.body = body;
        this.length = length;
        this.whenClosed = whenClosed;
        this.pool = pool;
    }

    long length() {
        return length;
    }

    /** Reads up to so many bytes; blocks. None at the end. */
    byte[] next(int most) throws IOException {
        begin();
        try {
            return body.readNBytes(most);
        } finally {
            end();
        }
    }

    private synchronized void begin() throws IOException {
        if (closed) {
            throw new IOException("the download is over");
        }
        reading = true;
    }

    private void end() {
        boolean last;
        synchronized (this) {
            reading = false;
            last = closed;
        }
        if (last) {
            closeBody();
        }
    }

    synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        boolean idle;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            idle = !reading;
        }
        if (idle) {
            pool.execute(this::closeBody);
        }
    }

    private void closeBody() {
        try {
            body.close();
        } catch (IOException | RuntimeException e) {
            LOG.debugf("the store's answer can't be closed reason=%s", e.getMessage());
        } finally {
            whenClosed.run();
        }
    }
}
