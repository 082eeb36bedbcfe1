package dev.galatea.bundles.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.function.BiConsumer;

import dev.galatea.bundles.NamedBundles;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.id.Sha256;

/**
 * The bundles of a source on a local disk, each under the digest of its manifest, so that a changed bundle never mixes
 * with what it was. Manifests come at once, files when they are first asked for. Processes may share the directory.
 * Thread-safe.
 *
 * <pre>
 * cache/&lt;digest of the manifest&gt;/bundle.json, and the files of that bundle
 * cache/partial/&lt;digest of a file&gt;[.lock]      what is on its way, and who brings it
 * </pre>
 */
public final class BundleCache {

    private static final String PARTIAL = "partial";

    private final BundleSource source;
    private final Path cache;
    private final BundleLoader loader;

    /** @param cache made when needed */
    public BundleCache(BundleSource source, Path cache, BundleLoader loader) {
        this.source = source;
        this.cache = cache;
        this.loader = loader;
    }

    /**
     * The bundles of the source by name, sorted; of several of one name, the first by directory.
     *
     * @param leftOut is told of each one that can't be loaded, or whose name another one has, with its directory in the
     *     source
     * @throws IOException the source, or the cache's disk, doesn't answer
     */
    public Map<String, Bundle> bundles(BiConsumer<String, BundleException> leftOut) throws IOException {
        NamedBundles<String> found = new NamedBundles<>();
        for (String directory : source.directories()) {
            try {
                found.add(directory, load(directory));
            } catch (BundleException e) {
                leftOut.accept(directory, e);
            }
        }
        return found.byName();
    }

    private Bundle load(String directory) throws IOException, BundleException {
        byte[] manifest = source.manifest(directory);
        Path local = cache.resolve(Sha256.of(manifest).hex());
        write(manifest, local);
        return loader.load(local, new PulledFiles(source, directory, cache.resolve(PARTIAL)));
    }

    private static void write(byte[] manifest, Path directory) throws IOException {
        Files.createDirectories(directory);
        Path part = Files.createTempFile(directory, "manifest-", ".tmp");
        try {
            Files.write(part, manifest);
            Files.move(
                    part,
                    directory.resolve(BundleLoader.MANIFEST),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
