package dev.galatea.embedded;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

import io.minio.GetObjectArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EmbeddedObjectStoreTest {

    private static final long PART = 5L << 20;

    @TempDir
    Path temporary;

    @Test
    void shouldKeepObjects_whenRestarted() throws Exception {
        byte[] bytes = random(10_000);
        try (EmbeddedObjectStore store = EmbeddedObjectStore.builder(temporary).start()) {
            put(store, "jobs/1/latents.safetensors", bytes);
        }
        try (EmbeddedObjectStore store = EmbeddedObjectStore.builder(temporary).start()) {
            assertThat(get(store, "jobs/1/latents.safetensors", 0, bytes.length))
                    .isEqualTo(bytes);
        }
    }

    @Test
    void shouldServeRanges_ofObjectsUploadedInParts() throws Exception {
        byte[] bytes = random((int) (2 * PART + 1000));
        try (EmbeddedObjectStore store = EmbeddedObjectStore.builder(temporary).start()) {
            put(store, "clip.mp4", bytes);
            byte[] range = get(store, "clip.mp4", PART - 10, 20);
            assertThat(range).isEqualTo(Arrays.copyOfRange(bytes, (int) PART - 10, (int) PART + 10));
        }
    }

    @Test
    void shouldRefuse_whenCredentialsAreWrong() throws Exception {
        try (EmbeddedObjectStore store = EmbeddedObjectStore.builder(temporary).start()) {
            MinioClient client = MinioClient.builder()
                    .endpoint(store.endpoint().toString())
                    .credentials("someone", "something-else")
                    .build();
            GetObjectArgs any =
                    GetObjectArgs.builder().bucket(store.bucket()).object("any").build();
            assertThatThrownBy(() -> client.getObject(any))
                    .satisfies(e -> assertThat(e.toString()).contains("InvalidAccessKeyId"));
        }
    }

    @Test
    void shouldRefuse_whenBucketNameIsNotValid() {
        assertThatThrownBy(() -> EmbeddedObjectStore.builder(temporary).bucket("../escape"))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining("'../escape'");
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private static void put(EmbeddedObjectStore store, String key, byte[] bytes) throws Exception {
        client(store)
                .putObject(PutObjectArgs.builder().bucket(store.bucket()).object(key).stream(
                                new ByteArrayInputStream(bytes), (long) bytes.length, PART)
                        .build());
    }

    private static byte[] get(EmbeddedObjectStore store, String key, long offset, long length) throws Exception {
        GetObjectArgs range = GetObjectArgs.builder()
                .bucket(store.bucket())
                .object(key)
                .offset(offset)
                .length(length)
                .build();
        try (var in = client(store).getObject(range)) {
            return in.readAllBytes();
        }
    }

    private static MinioClient client(EmbeddedObjectStore store) {
        return MinioClient.builder()
                .endpoint(store.endpoint().toString())
                .credentials(store.accessKey(), store.secretKey())
                .build();
    }
}
