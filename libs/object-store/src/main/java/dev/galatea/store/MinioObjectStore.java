package dev.galatea.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.micrometer.core.instrument.MeterRegistry;
import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.GetObjectResponse;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.errors.MinioException;
import io.minio.messages.Item;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;

/** The object store behind any S3-compatible endpoint, by the MinIO client. */
@ApplicationScoped
public class MinioObjectStore implements ObjectStore {

    /** The size of the parts in which longer objects are uploaded, one in memory at a time. */
    static final long PART_BYTES = 16L << 20;

    private static final int LIST_PAGE = 1000;

    private final String bucket;
    private final MinioClient client;
    private final StoreCalls calls;
    private final StoreBytes traffic;

    @Inject
    public MinioObjectStore(StoreConfig settings, MeterRegistry meters) {
        bucket = settings.bucket();
        client = MinioClient.builder()
                .endpoint(settings.endpoint().toString())
                .credentials(settings.accessKey(), settings.secretKey())
                .region(settings.region())
                .httpClient(HttpClients.create(), true)
                .build();
        calls = new StoreCalls(meters, settings.endpoint().toString());
        traffic = new StoreBytes(meters);
    }

    @Override
    public String bucket() {
        return bucket;
    }

    @Override
    public ObjectRef put(String key, String mediaType, byte[] bytes) throws RetryableException {
        ObjectRef ref = new ObjectRef(bucket, key, mediaType, bytes.length, Sha256.of(bytes));
        calls.write("put", key, () -> upload(ref, new ByteArrayInputStream(bytes)));
        traffic.written(ref);
        return ref;
    }

    @Override
    public ObjectRef put(String key, String mediaType, Path file) throws RetryableException {
        ObjectRef ref = describe(key, mediaType, file);
        calls.write("put", key, () -> {
            try (InputStream in = Files.newInputStream(file)) {
                return upload(ref, in);
            }
        });
        traffic.written(ref);
        return ref;
    }

    @Override
    public byte[] read(ObjectRef ref) throws RetryableException, PoisonException {
        requireOurs(ref);
        if (ref.bytes() > Integer.MAX_VALUE - Long.BYTES) {
            throw new PoisonException(
                    "object_too_large",
                    "object '" + ref.key() + "' has " + ref.bytes() + " bytes; download it instead");
        }
        byte[] bytes = calls.read("read", ref.key(), () -> {
            try (GetObjectResponse body = client.getObject(get(ref).build())) {
                return ObjectBody.toMemory(ref, body);
            }
        });
        traffic.read(ref);
        return bytes;
    }

    @Override
    public void download(ObjectRef ref, Path target) throws RetryableException, PoisonException {
        requireOurs(ref);
        calls.read("download", ref.key(), () -> {
            try (GetObjectResponse body = client.getObject(get(ref).build())) {
                ObjectBody.toFile(ref, body, target);
                return target;
            }
        });
        traffic.read(ref);
    }

    @Override
    public InputStream open(ObjectRef ref, long offset, long length) throws RetryableException, PoisonException {
        requireOurs(ref);
        if (offset < 0 || length < 1 || offset > ref.bytes() - length) {
            throw new IllegalArgumentException("range: " + offset + "+" + length + " is not within " + ref.bytes());
        }
        return calls.read("open", ref.key(), () -> {
            GetObjectResponse body =
                    client.getObject(get(ref).offset(offset).length(length).build());
            try {
                ObjectBody.requireLength(ref.key(), body, length);
                return body;
            } catch (PoisonException e) {
                body.close();
                throw e;
            }
        });
    }

    @Override
    public Optional<StoredObject> stat(String key) throws RetryableException {
        try {
            StatObjectResponse stat = calls.read(
                    "stat",
                    key,
                    () -> client.statObject(
                            StatObjectArgs.builder().bucket(bucket).object(key).build()));
            return Optional.of(
                    new StoredObject(key, stat.size(), stat.lastModified().toInstant()));
        } catch (PoisonException e) {
            return Optional.empty();
        }
    }

    @Override
    public void delete(String key) throws RetryableException {
        calls.write("delete", key, () -> {
            client.removeObject(
                    RemoveObjectArgs.builder().bucket(bucket).object(key).build());
            return key;
        });
    }

    @Override
    public List<String> list(String prefix, int limit) throws RetryableException {
        return page(prefix, "", limit).stream().map(StoredObject::key).toList();
    }

    @Override
    public List<StoredObject> page(String prefix, String after, int limit) throws RetryableException {
        return calls.write("list", prefix, () -> {
            List<StoredObject> page = new ArrayList<>();
            ListObjectsArgs.Builder request = ListObjectsArgs.builder()
                    .bucket(bucket)
                    .prefix(prefix)
                    .recursive(true)
                    .maxKeys(Math.min(Math.max(limit, 1), LIST_PAGE));
            if (!after.isEmpty()) {
                request.startAfter(after);
            }
            for (Result<Item> result : client.listObjects(request.build())) {
                if (page.size() >= limit) {
                    break;
                }
                Item item = result.get();
                page.add(new StoredObject(
                        item.objectName(), item.size(), item.lastModified().toInstant()));
            }
            return page;
        });
    }

    /** Makes the bucket if it is not there; safe when several services do it at once. */
    void provision() throws RetryableException {
        calls.write("make bucket", bucket, () -> {
            if (!bucketExists()) {
                makeBucket();
            }
            return bucket;
        });
    }

    /** Tells whether the store answers and has the bucket, by one quick request without retries. */
    boolean reachable() {
        try {
            return bucketExists();
        } catch (MinioException | IllegalStateException e) {
            return false;
        }
    }

    @PreDestroy
    void close() throws Exception {
        client.close();
    }

    private boolean bucketExists() throws MinioException {
        return client.bucketExists(BucketExistsArgs.builder().bucket(bucket).build());
    }

    private void makeBucket() throws MinioException {
        try {
            client.makeBucket(MakeBucketArgs.builder().bucket(bucket).build());
        } catch (MinioException e) {
            // Another service that starts at the same time may have been faster.
            if (!bucketExists()) {
                throw e;
            }
        }
    }

    private ObjectRef upload(ObjectRef ref, InputStream in) throws MinioException {
        client.putObject(PutObjectArgs.builder().bucket(bucket).object(ref.key()).contentType(ref.mediaType()).stream(
                        in, ref.bytes(), PART_BYTES)
                .build());
        return ref;
    }

    private static GetObjectArgs.Builder get(ObjectRef ref) {
        return GetObjectArgs.builder().bucket(ref.bucket()).object(ref.key());
    }

    private void requireOurs(ObjectRef ref) throws PoisonException {
        if (!ref.bucket().equals(bucket)) {
            throw new PoisonException(
                    StoreCalls.MISSING, "bucket: '" + ref.bucket() + "' is not served here; valid is '" + bucket + "'");
        }
    }

    private ObjectRef describe(String key, String mediaType, Path file) throws RetryableException {
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), Sha256.newDigest())) {
            long bytes = in.transferTo(OutputStream.nullOutputStream());
            return new ObjectRef(bucket, key, mediaType, bytes, Sha256.finish(in.getMessageDigest()));
        } catch (IOException e) {
            throw new RetryableException("disk_failed", "file " + file + " can't be read: " + e.getMessage(), e);
        }
    }
}
