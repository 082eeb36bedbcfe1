package dev.galatea.bundles.source;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.List;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.bundle.BundleManifest.FileEntry;

/** Brings the weights of the stub bundle from a volume to a cache, and says from which byte on. */
final class PullMain {

    private PullMain() {}

    /** The volume, the cache, and {@code slow} or {@code fast}. */
    public static void main(String[] arguments) throws Exception {
        BundleSource source = new Paced(new VolumeSource(Path.of(arguments[0])), arguments[2].equals("slow") ? 100 : 0);
        Path cache = Path.of(arguments[1]);
        Bundle bundle = new BundleCache(source, cache, new BundleLoader(cache.resolve("class-path")))
                .bundles((directory, e) -> {})
                .get("stub");
        bundle.file("denoiserData");
    }

    private record Paced(BundleSource source, int pauseMillis) implements BundleSource {

        @Override
        public List<String> directories() throws IOException {
            return source.directories();
        }

        @Override
        public byte[] manifest(String directory) throws IOException, BundleException {
            return source.manifest(directory);
        }

        @Override
        public InputStream open(String directory, FileEntry entry, long offset) throws IOException, BundleException {
            System.out.println("from " + offset);
            return new FilterInputStream(source.open(directory, entry, offset)) {
                @Override
                public int read(byte[] to, int at, int length) throws IOException {
                    try {
                        Thread.sleep(pauseMillis);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new InterruptedIOException();
                    }
                    return super.read(to, at, length);
                }
            };
        }
    }
}
