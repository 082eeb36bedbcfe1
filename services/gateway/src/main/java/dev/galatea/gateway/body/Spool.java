package dev.galatea.gateway.body;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.id.Sha256;

/**
 * The files of one request: its media are written one after another as they arrive, and removed when it is closed.
 * Thread-safe, because it may be closed while something is written; calls block for the disk alone.
 */
public final class Spool implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Spool.class);

    private final Path directory;
    private final UploadBudget.Share share;
    private final List<Path> files = new ArrayList<>();
    private @Nullable DigestOutputStream current;
    private byte[] head = new byte[0];
    private long written;
    private boolean closed;

    Spool(Path directory, UploadBudget.Share share) {
        this.directory = directory;
        this.share = share;
    }

    /** Begins a medium. */
    public synchronized void begin() {
        requireOpen();
        try {
            Path file = Files.createTempFile(directory, "upload-", "");
            files.add(file);
            written = 0;
            head = new byte[0];
            current = new DigestOutputStream(Files.newOutputStream(file), Sha256.newDigest());
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Appends to the medium that was begun. */
    public synchronized void append(byte[] bytes) {
        requireOpen();
        share.takeMedia(bytes.length);
        if (written < Upload.HEAD) {
            int fresh = Math.min(Upload.HEAD - head.length, bytes.length);
            head = Arrays.copyOf(head, head.length + fresh);
            System.arraycopy(bytes, 0, head, head.length - fresh, fresh);
        }
        written += bytes.length;
        try {
            unfinished().write(bytes);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Counts text, which stays in memory. */
    public synchronized void countText(int bytes) {
        requireOpen();
        share.takeText(bytes);
    }

    /** Ends the medium that was begun. */
    public synchronized UploadedFile end() {
        requireOpen();
        DigestOutputStream finished = unfinished();
        current = null;
        try (OutputStream closing = finished) {
            closing.flush();
        } catch (IOException e) {
            throw failed(e);
        }
        return new UploadedFile(files.get(files.size() - 1), written, Sha256.finish(finished.getMessageDigest()), head);
    }

    /** What was written, as a text in memory, which is counted as such. */
    public synchronized String text(UploadedFile file) {
        countText(Math.toIntExact(file.bytes()));
        try {
            return file.text();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        share.close();
        try (OutputStream closing = current) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warnf("uploaded files can't be removed directory=%s reason=%s", directory, e.getMessage());
        }
    }

    private DigestOutputStream unfinished() {
        if (current == null) {
            throw new IllegalStateException("no medium was begun");
        }
        return current;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the request is over");
        }
    }

    private ProblemException failed(IOException e) {
        LOG.warnf("an upload can't be written directory=%s reason=%s", directory, e.getMessage());
        return share.unavailable();
    }
}
