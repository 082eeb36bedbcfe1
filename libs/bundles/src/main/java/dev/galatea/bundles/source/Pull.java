package dev.galatea.bundles.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.concurrent.TimeUnit;

import org.jboss.logging.Logger;

import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.BundleManifest.FileEntry;
import dev.galatea.model.id.Sha256;

/**
 * Brings one file into a partial one, from where that ends, and verifies the whole. Goes on after a broken connection
 * as long as there is progress. Not thread-safe; for one run.
 */
final class Pull {

    private static final Logger LOG = Logger.getLogger(Pull.class);

    private static final int CHUNK = 1 << 16;
    /** Attempts in a row that bring nothing. */
    private static final int IDLE_ATTEMPTS = 4;

    private static final long FIRST_PAUSE_MS = 200;
    private static final int PAUSE_FACTOR = 4;

    private final BundleSource source;
    private final String directory;
    private final String what;
    private final FileEntry entry;
    private final Path part;
    private final MessageDigest digest = Sha256.newDigest();

    Pull(BundleSource source, String directory, String what, FileEntry entry, Path part) {
        this.source = source;
        this.directory = directory;
        this.what = what;
        this.entry = entry;
        this.part = part;
    }

    /** On return the partial file is the whole one. */
    void run() throws IOException, BundleException {
        boolean continued = Files.exists(part) && Files.size(part) > 0;
        Sha256 actual = bring();
        if (!actual.equals(entry.sha256()) && continued) {
            LOG.warnf("partial file is of no use and is brought anew file=%s", part);
            Files.delete(part);
            actual = bring();
        }
        if (!actual.equals(entry.sha256())) {
            Files.delete(part);
            throw new BundleException(
                    Code.DIGEST_MISMATCH,
                    what + " of " + source + " has sha256 " + actual + "; the manifest says " + entry.sha256());
        }
    }

    private Sha256 bring() throws IOException, BundleException {
        digest.reset();
        if (Files.exists(part) && Files.size(part) > entry.bytes()) {
            Files.delete(part);
        }
        try (FileChannel out =
                FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long done = digestOf(out);
            requireSpace(entry.bytes() - done);
            fill(out, done);
            out.force(false);
        }
        return Sha256.finish(digest);
    }

    /** Feeds what is there to the digest, and says how much it is. */
    private long digestOf(FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        long done = 0;
        int n;
        while ((n = channel.read(buffer.clear(), done)) >= 0) {
            digest.update(buffer.flip());
            done += n;
        }
        return done;
    }

    private void fill(FileChannel out, long from) throws IOException, BundleException {
        long done = from;
        long pause = FIRST_PAUSE_MS;
        for (int idle = 0; done < entry.bytes(); ) {
            long before = done;
            try {
                stream(out, done);
                done = out.size();
            } catch (IOException e) {
                done = out.size();
                idle = done > before ? 0 : idle + 1;
                pause = done > before ? FIRST_PAUSE_MS : pause * PAUSE_FACTOR;
                requireSpace(entry.bytes() - done);
                if (idle == IDLE_ATTEMPTS) {
                    throw e;
                }
                LOG.debugf("going on path=%s bytes=%d reason=%s", entry.path(), done, e.getMessage());
                pause(pause);
            }
        }
    }

    /** Appends what the source gives; a stream that ends early is an error. */
    private void stream(FileChannel out, long offset) throws IOException, BundleException {
        byte[] chunk = new byte[CHUNK];
        long position = offset;
        try (InputStream in = source.open(directory, entry, offset)) {
            while (position < entry.bytes()) {
                int n = in.read(chunk, 0, (int) Math.min(CHUNK, entry.bytes() - position));
                if (n < 0) {
                    throw new IOException("the source ends after " + position + " of " + entry.bytes() + " bytes");
                }
                write(out, ByteBuffer.wrap(chunk, 0, n), position);
                digest.update(chunk, 0, n);
                position += n;
            }
        }
    }

    /** Writes all or nothing, so that digest and file agree. */
    private static void write(FileChannel out, ByteBuffer bytes, long position) throws IOException {
        try {
            for (long at = position; bytes.hasRemaining(); ) {
                at += out.write(bytes, at);
            }
        } catch (IOException e) {
            out.truncate(position);
            throw e;
        }
    }

    private void requireSpace(long bytes) throws IOException, BundleException {
        long free = Files.getFileStore(part).getUsableSpace();
        if (bytes > free) {
            throw new BundleException(
                    Code.NO_SPACE,
                    what + " needs " + bytes + " bytes more in " + part.getParent() + ", whose disk has " + free
                            + " free; make room, or name a larger disk by galatea.bundles.cache");
        }
    }

    private static void pause(long millis) throws InterruptedIOException {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a bundle's file was brought");
        }
    }
}
