package dev.galatea.embedded;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;

import io.minio.GetObjectArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource({
        "GET,  /galatea",
        "GET,  /galatea/",
        "GET,  /galatea?list-type=2&prefix=jobs/",
        "GET,  /galatea?uploads",
        "GET,  /",
        "GET,  /galatea/jobs/1/clip.mp4",
        "HEAD, /galatea/jobs/1/clip.mp4",
        "PUT,  /galatea/jobs/1/clip.mp4",
        "DELETE, /galatea/jobs/1/clip.mp4",
    })
    void shouldRefuse_whenNobodySigned(String method, String path) throws Exception {
        // As a directory was that an earlier version, or another program, made for all to read.
        Path bucket = Files.createDirectories(temporary.resolve("galatea"));
        Files.setPosixFilePermissions(bucket, PosixFilePermissions.fromString("rwxrwxrwx"));
        try (EmbeddedObjectStore store = EmbeddedObjectStore.builder(temporary).start()) {
            put(store, "jobs/1/clip.mp4", random(100));
            Files.setPosixFilePermissions(
                    bucket.resolve("jobs/1/clip.mp4"), PosixFilePermissions.fromString("rw-r--r--"));
            HttpRequest request = HttpRequest.newBuilder(URI.create(store.endpoint() + path))
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .build();
            HttpResponse<String> response =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());

            assertThat(response.statusCode()).as(response.body()).isEqualTo(403);
            assertThat(response.body()).doesNotContain("clip.mp4</Key>");
        }
    }

    @Test
    void shouldKeepItsFilesPrivate() throws Exception {
        Path directory = temporary.resolve("data/store");
        try (EmbeddedObjectStore store = EmbeddedObjectStore.builder(directory).start()) {
            assertThat(permissions(directory)).isEqualTo("rwx------");
            assertThat(permissions(directory.resolve(store.bucket()))).isEqualTo("rwx------");
        }
    }

    @Test
    void shouldHaveCredentialsOfItsDirectory() throws Exception {
        StoreCredentials first = StoreCredentials.in(temporary.resolve("one"));

        assertThat(StoreCredentials.in(temporary.resolve("one"))).isEqualTo(first);
        assertThat(StoreCredentials.in(temporary.resolve("two")).secretKey()).isNotEqualTo(first.secretKey());
        assertThat(first.secretKey()).hasSizeGreaterThan(40);
        assertThat(first.toString()).doesNotContain(first.secretKey());
        assertThat(permissions(temporary.resolve("one"))).isEqualTo("rwx------");
        assertThat(permissions(temporary.resolve("one").resolve(StoreCredentials.FILE)))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldRefuse_whenTheFileHoldsNoCredentials() throws Exception {
        Files.writeString(temporary.resolve(StoreCredentials.FILE), "GALATEA_STORE_ACCESS_KEY=only\n");
        assertThatThrownBy(() -> StoreCredentials.in(temporary))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining(StoreCredentials.FILE)
                .hasMessageContaining("lacks");
    }

    @Test
    void shouldRefuse_whenBucketNameIsNotValid() {
        assertThatThrownBy(() -> EmbeddedObjectStore.builder(temporary).bucket("../escape"))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining("'../escape'");
    }

    private static String permissions(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
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
