package dev.galatea.bundles.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.bundle.BundleManifest.FileEntry;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.store.ObjectStore;
import dev.galatea.store.ObjectStore.StoredObject;

/** Bundles under a prefix of an S3-compatible store. */
public final class StoreSource implements BundleSource {

    private static final int PAGE = 1000;
    private static final String MEDIA_TYPE = "application/octet-stream";
    /** For references whose digest is not looked at, because only a part is read. */
    private static final Sha256 UNKNOWN = Sha256.of(new byte[0]);

    private final ObjectStore store;
    private final String prefix;

    /** @param prefix empty for the whole bucket, else with a slash at its end */
    public StoreSource(ObjectStore store, String prefix) {
        this.store = store;
        this.prefix = prefix;
    }

    @Override
    public List<String> directories() throws IOException {
        List<String> found = new ArrayList<>();
        String after = "";
        List<StoredObject> page;
        do {
            page = page(after);
            for (StoredObject object : page) {
                directoryOf(object.key()).ifPresent(found::add);
                after = object.key();
            }
        } while (page.size() == PAGE);
        found.sort(null);
        return found;
    }

    private List<StoredObject> page(String after) throws IOException {
        try {
            return store.page(prefix, after, PAGE);
        } catch (RetryableException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The directory whose manifest a key is. */
    private Optional<String> directoryOf(String key) {
        String suffix = "/" + BundleLoader.MANIFEST;
        String relative = key.substring(prefix.length());
        if (!relative.endsWith(suffix)) {
            return Optional.empty();
        }
        String directory = relative.substring(0, relative.length() - suffix.length());
        return directory.contains("/") || directory.startsWith(".") ? Optional.empty() : Optional.of(directory);
    }

    @Override
    public byte[] manifest(String directory) throws IOException, BundleException {
        String key = key(directory, BundleLoader.MANIFEST);
        long length = stat(key).bytes();
        long read = Math.min(length, BundleLoader.MAX_MANIFEST_BYTES + 1L);
        if (read == 0) {
            return new byte[0];
        }
        try (InputStream in = open(key, length, 0, read)) {
            return in.readNBytes(Math.toIntExact(read));
        }
    }

    @Override
    public InputStream open(String directory, FileEntry entry, long offset) throws IOException, BundleException {
        String key = key(directory, String.valueOf(entry.path()));
        long length = stat(key).bytes();
        if (length != entry.bytes()) {
            throw new BundleException(
                    Code.LENGTH_MISMATCH,
                    "object '" + key + "' has " + length + " bytes; the manifest says " + entry.bytes());
        }
        return open(key, length, offset, length - offset);
    }

    private String key(String directory, String path) {
        return prefix + directory + "/" + path;
    }

    private StoredObject stat(String key) throws IOException, BundleException {
        try {
            return store.stat(key)
                    .orElseThrow(
                            () -> new BundleException(Code.MISSING_FILE, "object '" + key + "' is not in the store"));
        } catch (RetryableException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private InputStream open(String key, long length, long offset, long count) throws IOException, BundleException {
        try {
            return store.open(new ObjectRef(store.bucket(), key, MEDIA_TYPE, length, UNKNOWN), offset, count);
        } catch (RetryableException e) {
            throw new IOException(e.getMessage(), e);
        } catch (PoisonException e) {
            throw new BundleException(Code.MISSING_FILE, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public String toString() {
        return "s3://" + store.bucket() + "/" + prefix;
    }
}
