package dev.galatea.model.bundle;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.model.bundle.BundleException.Code;

import static dev.galatea.model.bundle.BundleLoaderTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

class ClassPathFilesTest {

    private static final String RESOURCE = "bundle/bundle.json";

    @TempDir
    Path temp;

    private BundleFixture fixture;
    private byte[] content;

    @BeforeEach
    void makeBundle() throws Exception {
        fixture = BundleFixture.in(temp.resolve("tiny"));
        try (var in = getClass().getResourceAsStream("/" + RESOURCE)) {
            content = in.readAllBytes();
        }
        fixture.withResource("tokenizer", RESOURCE, content);
    }

    @Test
    void shouldHaveAPathUnderItsDigest_whenFileIsOnTheClassPath() throws Exception {
        Path file = fixture.load().file("tokenizer");

        assertThat(file).hasBinaryContent(content).hasFileName("bundle.json");
        assertThat(file.getParent())
                .isEqualTo(
                        cache().resolve(fixture.entry("tokenizer").get("sha256").textValue()));
    }

    @Test
    void shouldExtractAgain_whenCachedFileWasAltered() throws Exception {
        Path file = fixture.load().file("tokenizer");
        Files.write(file, new byte[content.length]);

        assertThat(fixture.load().file("tokenizer")).isEqualTo(file).hasBinaryContent(content);
    }

    @Test
    void shouldLeaveNothingBehind_whenResourceHasAnotherDigest() throws Exception {
        fixture.entry("tokenizer").put("sha256", "0".repeat(64));
        Bundle bundle = fixture.load();

        assertRefused(() -> bundle.file("tokenizer"), Code.DIGEST_MISMATCH, "files.tokenizer: class-path resource");
        try (Stream<Path> files = Files.walk(cache()).filter(Files::isRegularFile)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void shouldRefuse_whenResourceIsAbsentOrLonger() throws Exception {
        fixture.entry("tokenizer").put("bytes", 3);
        Bundle shorter = fixture.load();
        assertRefused(
                () -> shorter.file("tokenizer"),
                Code.LENGTH_MISMATCH,
                "has more than the 3 bytes that the manifest says");

        fixture.withResource("tokenizer", "no/such.json", content);
        Bundle absent = fixture.load();
        assertRefused(() -> absent.file("tokenizer"), Code.MISSING_FILE, "no/such.json is not on the class path");
    }

    @Test
    void shouldRefuse_whenModelOnTheClassPathKeepsDataElsewhere() throws Exception {
        Path root = Files.createDirectories(temp.resolve("classes"));
        byte[] model = BundleFixture.modelWithExternalData("bundle.json");
        Files.write(root.resolve("m.onnx"), model);
        fixture.withResource("textEncoder", "m.onnx", model);
        fixture.load();
        try (var loader =
                new java.net.URLClassLoader(new java.net.URL[] {root.toUri().toURL()})) {
            Bundle bundle = new BundleLoader(cache(), loader).load(fixture.directory);

            assertRefused(() -> bundle.file("textEncoder"), Code.EXTERNAL_DATA, "must hold all of its data itself");
        }
    }

    @Test
    void shouldAgree_whenSeveralExtractAtOnce() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            fixture.load();
            Callable<Path> load =
                    () -> new BundleLoader(cache()).load(fixture.directory).file("tokenizer");
            for (Future<Path> file :
                    pool.invokeAll(IntStream.range(0, 32).mapToObj(i -> load).toList())) {
                assertThat(file.get()).hasBinaryContent(content);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private Path cache() {
        return temp.resolve("cache");
    }
}
