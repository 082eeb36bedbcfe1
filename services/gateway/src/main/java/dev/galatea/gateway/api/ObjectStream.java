package dev.galatea.gateway.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jboss.logging.Logger;

/** An open object on its way to a client; closing it gives its place among the downloads back. Thread-safe to close. */
final class ObjectStream implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(ObjectStream.class);

    private final InputStream body;
    private final long length;
    private final Runnable whenClosed;
    private final AtomicBoolean closed = new AtomicBoolean();

    ObjectStream(InputStream body, long length, Runnable whenClosed) {
        this.body = body;
        this.length = length;
        this.whenClosed = whenClosed;
    }

    long length() {
        return length;
    }

    /** Reads up to so many bytes; blocks. None at the end. */
    byte[] next(int most) throws IOException {
        return body.readNBytes(most);
    }

    boolean isClosed() {
        return closed.get();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            whenClosed.run();
            try {
                body.close();
            } catch (IOException e) {
                LOG.debugf("the store's answer can't be closed reason=%s", e.getMessage());
            }
        }
    }
}
