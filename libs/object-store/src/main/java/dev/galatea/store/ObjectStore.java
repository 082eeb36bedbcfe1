package dev.galatea.store;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.tensor.ObjectRef;

/**
 * One bucket of an S3-compatible store. Thread-safe. Writes are all or nothing: a failed one leaves no readable object.
 *
 * <p>A store that doesn't answer is a {@link RetryableException} with code {@code store_unavailable}; an object that is
 * missing or not the one that the reference describes is a {@link PoisonException} with code {@code object_missing} or
 * {@code object_altered}.
 */
public interface ObjectStore {

    /** The bucket that new objects go to. */
    String bucket();

    /** Writes bytes that are in memory anyway. */
    ObjectRef put(String key, String mediaType, byte[] bytes) throws RetryableException;

    /** Streams a file into the store, in parts when it is large. */
    ObjectRef put(String key, String mediaType, Path file) throws RetryableException;

    /** Reads a whole object into memory, after checking that its length is the reference's; verifies the digest. */
    byte[] read(ObjectRef ref) throws RetryableException, PoisonException;

    /** Streams an object into a file and verifies the digest; on failure the file does not exist. */
    void download(ObjectRef ref, Path target) throws RetryableException, PoisonException;

    /**
     * Streams a part of an object, without digest check: for HTTP range requests. The caller closes the stream.
     *
     * @param offset first byte
     * @param length number of bytes, at least 1
     */
    InputStream open(ObjectRef ref, long offset, long length) throws RetryableException, PoisonException;

    /** The object that is stored under a key now. */
    Optional<StoredObject> stat(String key) throws RetryableException;

    /** Removes an object; succeeds when there is none. */
    void delete(String key) throws RetryableException;

    /** Keys under a prefix, at most {@code limit}, in the store's order. */
    List<String> list(String prefix, int limit) throws RetryableException;

    /**
     * Objects under a prefix, in the order of their keys: for looking through many.
     *
     * @param after the last key of the page before; empty for the first page
     */
    List<StoredObject> page(String prefix, String after, int limit) throws RetryableException;

    /**
     * An object as the store reports it.
     *
     * @param modified time of the last write, by the store's clock
     */
    record StoredObject(String key, long bytes, Instant modified) {}
}
