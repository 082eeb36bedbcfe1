package dev.galatea.bundles;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.embedded.EmbeddedObjectStore;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.store.StoreConfig;
import dev.galatea.worker.WorkerConfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BundleSourcesTest {

    @TempDir
    Path temp;

    private StoreConfig store = new Store(URI.create("http://127.0.0.1:1"), "galatea", "wrong", "objects", "us-east-1");
    private BundlesConfig.S3 own = new S3(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    @ParameterizedTest
    @CsvSource({
        "s3://models,               s3://models/",
        "s3://models/,              s3://models/",
        "s3://models/video/large,   s3://models/video/large/",
        "s3://models/video/large/,  s3://models/video/large/",
        "/mnt/models,               /mnt/models"
    })
    void shouldKnowStoresAndDirectories(String source, String expected) {
        assertThat(sources(source).configured()).hasToString("Optional[" + expected + "]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s3://", "s3://Models/x", "https://example.org/models", "gs://models"})
    void shouldRefuseWhatItDoesNotKnow(String source) {
        assertThatThrownBy(() -> sources(source).configured())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("galatea.bundles.source: '" + source + "' is not valid");
    }

    @Test
    void shouldServeTheBundlesOfTheSource_byItsOwnCredentials() throws Exception {
        Path bucket = temp.resolve("store/models");
        TestBundles.copyOfStub(bucket.resolve("video/stub"));
        try (EmbeddedObjectStore server = EmbeddedObjectStore.builder(temp.resolve("store"))
                .bucket("models")
                .start()) {
            own = new S3(
                    Optional.of(server.endpoint()),
                    Optional.of(server.accessKey()),
                    Optional.of(server.secretKey()),
                    Optional.empty());
            BundleRepository repository = repository("s3://models/video");

            assertThat(repository.names()).containsExactly("stub");
            assertThat(BundleFiles.verified(repository.byName("stub"), "denoiser"))
                    .startsWith(temp.resolve("work/bundles"))
                    .exists();
        }
    }

    @Test
    void shouldTellSourceAndReason_whenItDoesNotAnswer() {
        assertThatThrownBy(() -> repository("s3://models/video").names())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("galatea.bundles.source: s3://models/video/ can't be read")
                .hasMessageContaining("127.0.0.1:1");
    }

    @Test
    void shouldTellWhenADiskIsTooSmall_asSomethingThatMayPass() throws Exception {
        Path stub = TestBundles.copyOfStub(temp.resolve("volume/stub"));
        TestBundles.edit(stub, "\"bytes\": 236", "\"bytes\": " + (1L << 60));
        BundleRepository repository = repository(temp.resolve("volume").toString());

        assertThatThrownBy(() -> BundleFiles.verified(repository.byName("stub"), "denoiser"))
                .isNotInstanceOf(PoisonException.class)
                .hasMessageContaining("bytes more in " + temp.resolve("work/bundles/partial"));
    }

    private BundleRepository repository(String source) {
        return new BundleRepository(new Bundles(source, own), new Worker(temp.resolve("work")), sources(source));
    }

    private BundleSources sources(String source) {
        return new BundleSources(new Bundles(source, own), store, new SimpleMeterRegistry());
    }

    private record Store(URI endpoint, String accessKey, String secretKey, String bucket, String region)
            implements StoreConfig {}

    private record S3(
            Optional<URI> endpoint, Optional<String> accessKey, Optional<String> secretKey, Optional<String> region)
            implements BundlesConfig.S3 {}

    private record Bundles(String from, BundlesConfig.S3 s3) implements BundlesConfig {

        @Override
        public Path path() {
            return Path.of("none");
        }

        @Override
        public Optional<String> source() {
            return Optional.of(from);
        }

        @Override
        public Optional<Path> cache() {
            return Optional.empty();
        }

        @Override
        public String defaultName() {
            return "stub";
        }
    }

    private record Worker(Path workDir) implements WorkerConfig {

        @Override
        public Optional<String> workerName() {
            return Optional.empty();
        }
    }
}
