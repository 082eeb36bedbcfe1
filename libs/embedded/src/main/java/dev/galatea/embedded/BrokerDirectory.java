package dev.galatea.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The broker's data directory: formatted once, kept between runs, refused when it is somebody else's. */
final class BrokerDirectory {

    static final int NODE_ID = 1;
    static final String CONTROLLER_LISTENER = "CONTROLLER";

    private static final String META = "meta.properties";
    private static final String LOCK = ".lock";
    private static final String CLEAN_SHUTDOWN = ".kafka_cleanshutdown";

    private final Path path;

    BrokerDirectory(Path path) {
        this.path = path.toAbsolutePath().normalize();
    }

    Path path() {
        return path;
    }

    /** Formats the directory if it is new, or checks that it is ours and that nobody is using it. */
    void prepare() {
        try {
            if (isNew()) {
                format();
            } else {
                requireOurs();
                requireUnused();
            }
            PrivateFiles.directory(path);
        } catch (IOException e) {
            throw new EmbeddedException("broker directory: " + path + " can't be used: " + e.getMessage(), e);
        }
    }

    /** Tells whether the last broker here did not stop in order, so that its session may seem alive. */
    boolean wasKilled() {
        return Files.exists(path.resolve(META)) && !Files.exists(path.resolve(CLEAN_SHUTDOWN));
    }

    private boolean isNew() throws IOException {
        if (!Files.exists(path)) {
            return true;
        }
        if (!Files.isDirectory(path)) {
            throw new EmbeddedException("broker directory: " + path + " is not a directory");
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.findAny().isEmpty();
        }
    }

    /** Formats beside the place and moves, so that a crash half-way leaves nothing that looks like a broker's. */
    private void format() throws IOException {
        Path parent = Objects.requireNonNull(path.getParent(), "the root directory is no broker's");
        PrivateFiles.newDirectory(parent);
        Path draft = Files.createTempDirectory(parent, path.getFileName() + ".formatting");
        try {
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
                    .setNodeId(NODE_ID)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setDirectories(List.of(draft.toString()))
                    .setMetadataLogDirectory(draft.toString())
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setControllerListenerName(CONTROLLER_LISTENER)
                    .run();
            Files.deleteIfExists(path);
            Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new EmbeddedException("broker directory: " + path + " can't be formatted: " + e.getMessage(), e);
        } finally {
            Utils.delete(draft.toFile());
        }
    }

    private void requireOurs() throws IOException {
        Path meta = path.resolve(META);
        if (!Files.isRegularFile(meta)) {
            throw new EmbeddedException("broker directory: " + path + " holds files but no " + META
                    + ", so it is not a broker's; choose a new or empty directory");
        }
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(meta)) {
            properties.load(in);
        } catch (IllegalArgumentException e) {
            throw corrupt(meta, "is not a properties file", e);
        }
        String node = properties.getProperty("node.id");
        if (node == null || properties.getProperty("cluster.id") == null) {
            throw corrupt(meta, "lacks node.id or cluster.id", null);
        }
        if (!node.equals(Integer.toString(NODE_ID))) {
            throw new EmbeddedException("broker directory: " + path + " belongs to node " + node
                    + " of another cluster; the embedded broker is node " + NODE_ID + "; choose another directory");
        }
    }

    private static EmbeddedException corrupt(Path meta, String how, @Nullable Throwable cause) {
        return new EmbeddedException(
                "broker directory: " + meta + " " + how + "; restore it, or move the directory away to start anew",
                cause);
    }

    private void requireUnused() throws IOException {
        try (FileChannel channel =
                        FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                throw inUse(null);
            }
        } catch (OverlappingFileLockException e) {
            throw inUse(e);
        }
    }

    private EmbeddedException inUse(@Nullable Throwable cause) {
        return new EmbeddedException(
                "broker directory: " + path + " is in use by a running broker; stop it, or choose another directory",
                cause);
    }
}
