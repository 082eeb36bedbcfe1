package dev.galatea.denoising;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.store.ObjectStore;

/** A bucket in memory that verifies digests as the real adapter does. */
final class MemoryObjectStore implements ObjectStore {

    final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();

    @Override
    public String bucket() {
        return "memory";
    }

    @Override
    public ObjectRef put(String key, String mediaType, byte[] bytes) {
        objects.put(key, bytes.clone());
        return new ObjectRef(bucket(), key, mediaType, bytes.length, Sha256.of(bytes));
    }

    @Override
    public ObjectRef put(String key, String mediaType, Path file) {
        try {
            return put(key, mediaType, Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public byte[] read(ObjectRef ref) throws PoisonException {
        byte[] bytes = objects.get(ref.key());
        if (bytes == null) {
            throw new PoisonException("object_missing", ref.key() + " is missing");
        }
        if (!Sha256.of(bytes).equals(ref.sha256())) {
            throw new PoisonException("object_altered", ref.key() + " has another digest");
        }
        return bytes.clone();
    }

    @Override
    public void download(ObjectRef ref, Path target) throws PoisonException {
        try {
            Files.write(target, read(ref));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public InputStream open(ObjectRef ref, long offset, long length) throws PoisonException {
        return new ByteArrayInputStream(read(ref), Math.toIntExact(offset), Math.toIntExact(length));
    }

    @Override
    public Optional<StoredObject> stat(String key) {
        return Optional.ofNullable(objects.get(key)).map(bytes -> new StoredObject(key, bytes.length, Instant.EPOCH));
    }

    @Override
    public void delete(String key) {
        objects.remove(key);
    }

    @Override
    public List<String> list(String prefix, int limit) {
        return objects.tailMap(prefix).keySet().stream()
                .takeWhile(key -> key.startsWith(prefix))
                .limit(limit)
                .toList();
    }

    @Override
    public List<StoredObject> page(String prefix, String after, int limit) {
        return list(prefix, Integer.MAX_VALUE).stream()
                .filter(key -> key.compareTo(after) > 0)
                .limit(limit)
                .flatMap(key -> stat(key).stream())
                .toList();
    }
}
