package dev.galatea.bundles.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.bundle.BundleManifest.FileEntry;

/** Bundles on a mounted volume. */
public final class VolumeSource implements BundleSource {

    private final Path root;

    public VolumeSource(Path root) {
        this.root = root;
    }

    @Override
    public List<String> directories() throws IOException {
        try (Stream<Path> children = Files.list(root)) {
            return children.filter(child -> Files.isRegularFile(child.resolve(BundleLoader.MANIFEST)))
                    .map(child -> String.valueOf(child.getFileName()))
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public byte[] manifest(String directory) throws IOException {
        try (InputStream in = Files.newInputStream(root.resolve(directory).resolve(BundleLoader.MANIFEST))) {
            return in.readNBytes(BundleLoader.MAX_MANIFEST_BYTES + 1);
        }
    }

    @Override
    public InputStream open(String directory, FileEntry entry, long offset) throws IOException, BundleException {
        Path file = root.resolve(directory).resolve(Objects.requireNonNull(entry.path()));
        if (!Files.isRegularFile(file)) {
            throw new BundleException(Code.MISSING_FILE, file + " is not a file");
        }
        if (!file.toRealPath().startsWith(root.resolve(directory).toRealPath())) {
            throw new BundleException(
                    Code.ESCAPING_PATH, file + " is a link out of the bundle; valid are files inside " + root);
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            if (channel.size() != entry.bytes()) {
                throw new BundleException(
                        Code.LENGTH_MISMATCH,
                        file + " has " + channel.size() + " bytes; the manifest says " + entry.bytes());
            }
            return Channels.newInputStream(channel.position(offset));
        } catch (BundleException | IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
