package dev.galatea.systemtests;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.minio.GetObjectArgs;
import io.minio.ListObjectsArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.errors.ErrorResponseException;
import io.minio.messages.Item;

import dev.galatea.embedded.StoreCredentials;

/** The bucket, past the proxy, by a stock client. Thread-safe. */
final class Bucket implements AutoCloseable {

    /** The default of {@code deploy/separate-processes}. */
    private static final String NAME = "galatea";

    private static final int PART_BYTES = 16 << 20;

    private final MinioClient client;

    Bucket(Deployment deployment) {
        StoreCredentials credentials = StoreCredentials.in(deployment.dataDirectory());
        client = MinioClient.builder()
                .endpoint("http://127.0.0.1:" + deployment.storePort())
                .credentials(credentials.accessKey(), credentials.secretKey())
                .region("us-east-1")
                .build();
    }

    List<String> keys(String prefix) throws Exception {
        List<String> keys = new ArrayList<>();
        for (Result<Item> item : client.listObjects(ListObjectsArgs.builder()
                .bucket(NAME)
                .prefix(prefix)
                .recursive(true)
                .build())) {
            keys.add(item.get().objectName());
        }
        return keys;
    }

    Optional<byte[]> read(String key) throws Exception {
        try (var body = client.getObject(
                GetObjectArgs.builder().bucket(NAME).object(key).build())) {
            return Optional.of(body.readAllBytes());
        } catch (ErrorResponseException e) {
            if (e.errorResponse().code().equals("NoSuchKey")) {
                return Optional.empty();
            }
            throw e;
        }
    }

    void write(String key, byte[] bytes) throws Exception {
        client.putObject(PutObjectArgs.builder().bucket(NAME).object(key).stream(
                        new ByteArrayInputStream(bytes), (long) bytes.length, (long) PART_BYTES)
                .build());
    }

    void delete(String key) throws Exception {
        client.removeObject(RemoveObjectArgs.builder().bucket(NAME).object(key).build());
    }

    @Override
    public void close() throws Exception {
        client.close();
    }
}
