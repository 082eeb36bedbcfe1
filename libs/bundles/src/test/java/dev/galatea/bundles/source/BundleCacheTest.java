package dev.galatea.bundles.source;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.bundles.TestBundles;
import dev.galatea.embedded.EmbeddedObjectStore;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.bundle.BundleManifest.FileEntry;
import dev.galatea.model.bundle.ExecutionProvider;
import dev.galatea.store.MinioObjectStore;
import dev.galatea.testsupport.BundleVariants;
import dev.galatea.testsupport.ChildJvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Bundles come whole out of a real S3-compatible store and from a volume, whatever breaks on the way. */
class BundleCacheTest {

    private static final int WEIGHTS = 3 << 20;

    @TempDir
    Path temp;

    private EmbeddedObjectStore server;
    private MinioObjectStore store;
    private Path origin;
    private Path cache;
    private byte[] weights;

    @BeforeEach
    void publish() throws Exception {
        server = EmbeddedObjectStore.builder(temp.resolve("store"))
                .bucket("models")
                .start();
        store = new MinioObjectStore(
                new TestStore(server.endpoint(), server.accessKey(), server.secretKey(), "models", "us-east-1"),
                new SimpleMeterRegistry());
        cache = temp.resolve("cache");
        weights = new byte[WEIGHTS];
        new Random(1).nextBytes(weights);
        origin = TestBundles.copyOfStub(temp.resolve("volume/stub"));
        TestBundles.addFile(origin, "denoiserData", "weights/denoiser.data", weights);
        upload(origin, "shared/stub/");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void shouldBringManifestsAtOnce_andFilesWhenTheyAreAskedFor() throws Exception {
        Bundle bundle = load(fromStore());
        Path directory = cache.resolve(bundle.digest().hex());
        assertThat(files(directory)).containsExactly("bundle.json");

        Path denoiser = bundle.file("denoiser");

        assertThat(denoiser).isEqualTo(directory.resolve("denoiser.onnx"));
        assertThat(files(directory)).containsExactly("bundle.json", "denoiser.onnx");
        assertThat(Files.readAllBytes(bundle.file("denoiserData"))).isEqualTo(weights);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void shouldBringTheVariantThatIsOpened_alone() throws Exception {
        byte[] content = Files.readAllBytes(origin.resolve("decoder.onnx"));
        BundleVariants.add(origin, "decoder", "decoder.int8.onnx", content, "int8", "cpu");
        BundleVariants.add(origin, "decoder", "decoder.fp16.onnx", content, "fp16", "cuda");
        upload(origin, "shared/stub/");

        Bundle bundle = load(fromStore());
        Path file = bundle.file(bundle.choose("decoder", ExecutionProvider.CUDA));

        assertThat(file).hasBinaryContent(content);
        assertThat(files(cache.resolve(bundle.digest().hex()))).containsExactly("bundle.json", "decoder.fp16.onnx");
    }

    @Test
    void shouldFindBundlesOneLevelBelowThePrefix_only() throws Exception {
        upload(origin, "shared/deeper/than/that/");
        upload(origin, "shared/.hidden/");
        upload(origin, "elsewhere/other/");

        assertThat(fromStore().directories()).containsExactly("stub");
        assertThat(new StoreSource(store, "").directories()).isEmpty();
        assertThat(new StoreSource(store, "elsewhere/").directories()).containsExactly("other");
    }

    @Test
    void shouldDoTheSameFromAVolume() throws Exception {
        Bundle bundle = load(fromVolume());

        assertThat(Files.readAllBytes(bundle.file("denoiserData"))).isEqualTo(weights);
        assertThat(bundle.file("decoder")).startsWith(cache);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void shouldUseTheFirstOfOneName_andTellOfTheOthers() throws Exception {
        Path second = TestBundles.copyOfStub(temp.resolve("volume/z"));
        TestBundles.edit(second, "\"version\": \"1\"", "\"version\": \"2\"");
        Map<String, String> leftOut = new HashMap<>();

        Map<String, Bundle> found = new BundleCache(fromVolume(), cache, new BundleLoader(temp.resolve("class-path")))
                .bundles((left, e) -> leftOut.put(left, e.getMessage()));

        assertThat(found.get("stub").manifest().version()).isEqualTo("1");
        assertThat(leftOut).containsOnlyKeys("z");
        assertThat(leftOut.get("z")).contains("name: is 'stub', as that of stub, which is used");
    }

    @Test
    void shouldGoOnWhereTheConnectionBroke() throws Exception {
        BrokenSource source = new BrokenSource(fromStore(), 1_000_000);

        Bundle bundle = load(source);

        assertThat(Files.readAllBytes(bundle.file("denoiserData"))).isEqualTo(weights);
        assertThat(source.offsets).startsWith(0L, 1_000_000L, 2_000_000L).hasSize(4);
    }

    @Test
    void shouldGiveUp_whenNothingComesAnyMore_andGoOnLaterWhereItStopped() throws Exception {
        BrokenSource source = new BrokenSource(fromStore(), 1_000_000);
        source.closedAfter = 2;

        assertRefused(
                () -> load(source).file("denoiserData"), Code.UNREADABLE, "can't be brought from s3://models/shared/");
        source.closedAfter = Integer.MAX_VALUE;
        source.offsets.clear();

        assertThat(Files.readAllBytes(load(source).file("denoiserData"))).isEqualTo(weights);
        assertThat(source.offsets).startsWith(2_000_000L);
    }

    @Test
    void shouldBeginAnew_whenThePartialFileIsOfNoUse() throws Exception {
        Bundle bundle = load(fromStore());
        Path part = cache.resolve("partial").resolve(sha("denoiserData", bundle));
        Files.createDirectories(part.getParent());
        Files.write(part, new byte[500_000]);

        assertThat(Files.readAllBytes(bundle.file("denoiserData"))).isEqualTo(weights);
    }

    @Test
    void shouldRefuseAFileThatIsNotTheManifests_andLeaveNothing() throws Exception {
        byte[] other = weights.clone();
        other[77] ^= 1;
        store.put("shared/stub/weights/denoiser.data", "application/octet-stream", other);
        Bundle bundle = load(fromStore());

        assertRefused(() -> bundle.file("denoiserData"), Code.DIGEST_MISMATCH, "files.denoiserData.path");
        assertThat(leftovers()).isEmpty();
        assertThat(files(cache.resolve(bundle.digest().hex()))).containsExactly("bundle.json");
    }

    @Test
    void shouldRefuseAFileOfAnotherLength_withoutReadingIt() throws Exception {
        store.put("shared/stub/weights/denoiser.data", "application/octet-stream", new byte[5]);

        assertRefused(() -> load(fromStore()).file("denoiserData"), Code.LENGTH_MISMATCH, "has 5 bytes");
    }

    @Test
    void shouldRefuseAFileThatIsNotThere() throws Exception {
        store.delete("shared/stub/weights/denoiser.data");

        assertRefused(() -> load(fromStore()).file("denoiserData"), Code.MISSING_FILE, "denoiser.data");
    }

    @Test
    void shouldBringAgainWhatTheDiskHasSpoilt() throws Exception {
        Path file = load(fromStore()).file("denoiserData");
        byte[] spoilt = weights.clone();
        spoilt[5] ^= 1;
        Files.write(file, spoilt);

        assertThat(Files.readAllBytes(load(fromStore()).file("denoiserData"))).isEqualTo(weights);
    }

    @Test
    void shouldSayHowMuchRoomIsMissing() throws Exception {
        Path volume = temp.resolve("volume");
        TestBundles.edit(origin, "\"bytes\": " + WEIGHTS, "\"bytes\": " + (1L << 60));

        assertRefused(
                () -> load(new VolumeSource(volume)).file("denoiserData"), Code.NO_SPACE, (1L << 60) + " bytes more");
    }

    @Test
    void shouldKeepAChangedBundleApartFromWhatItWas() throws Exception {
        Bundle before = load(fromStore());
        before.file("denoiser");
        TestBundles.edit(origin, "\"version\": \"1\"", "\"version\": \"2\"");
        upload(origin, "shared/stub/");

        Bundle after = load(fromStore());

        assertThat(after.digest()).isNotEqualTo(before.digest());
        assertThat(after.manifest().version()).isEqualTo("2");
        assertThat(before.file("denoiser")).exists();
    }

    @Test
    void shouldLeaveOutABundleThatIsBroken() throws Exception {
        store.put("shared/broken/bundle.json", "application/json", new byte[] {'{'});
        Files.createFile(Files.createDirectories(temp.resolve("store/models/shared/empty"))
                .resolve("bundle.json"));
        List<String> leftOut = new ArrayList<>();

        Map<String, Bundle> bundles = cache(fromStore()).bundles((directory, e) -> leftOut.add(directory));

        assertThat(bundles).containsOnlyKeys("stub");
        assertThat(leftOut).containsExactly("broken", "empty");
    }

    @Test
    void shouldBringAFileOnce_forAllThreads() throws Exception {
        BrokenSource source = new BrokenSource(fromStore(), Integer.MAX_VALUE);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<Path> one = () -> load(source).file("denoiserData");
            for (Future<Path> file : threads.invokeAll(List.of(one, one, one, one))) {
                assertThat(Files.readAllBytes(file.get())).isEqualTo(weights);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(source.offsets).containsExactly(0L);
    }

    @Test
    void shouldShareTheCacheBetweenProcesses_oneOfWhichIsKilled() throws Exception {
        Path volume = temp.resolve("volume");
        Process first = pull(volume, "slow");
        Path part = cache.resolve("partial").resolve(sha("denoiserData", load(fromVolume())));
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> Files.exists(part) && Files.size(part) > 1 << 16);
        Process second = pull(volume, "fast");
        Process third = pull(volume, "fast");
        first.destroyForcibly().waitFor();
        long left = Files.exists(part) ? Files.size(part) : 0;

        List<Long> offsets = new ArrayList<>();
        for (Process process : List.of(second, third)) {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            output.lines()
                    .filter(line -> line.startsWith("from "))
                    .map(line -> Long.parseLong(line.substring("from ".length())))
                    .forEach(offsets::add);
        }

        assertThat(left).isPositive().isLessThan(WEIGHTS);
        assertThat(offsets).hasSize(1).allSatisfy(offset -> assertThat(offset).isGreaterThanOrEqualTo(1L << 16));
        assertThat(Files.readAllBytes(load(fromVolume()).file("denoiserData"))).isEqualTo(weights);
    }

    private Process pull(Path volume, String pace) throws IOException {
        return ChildJvm.of(PullMain.class, volume.toString(), cache.toString(), pace)
                .start();
    }

    private StoreSource fromStore() {
        return new StoreSource(store, "shared/");
    }

    private VolumeSource fromVolume() {
        return new VolumeSource(temp.resolve("volume"));
    }

    private BundleCache cache(BundleSource source) {
        return new BundleCache(source, cache, new BundleLoader(temp.resolve("class-path")));
    }

    private Bundle load(BundleSource source) throws IOException {
        Bundle bundle = cache(source).bundles((directory, e) -> {}).get("stub");
        assertThat(bundle).isNotNull();
        return bundle;
    }

    private static String sha(String role, Bundle bundle) {
        return bundle.manifest().file(role).sha256().hex();
    }

    /** What is on its way, without locks. */
    private List<String> leftovers() throws IOException {
        return files(cache.resolve("partial")).stream()
                .filter(name -> !name.endsWith(".lock"))
                .toList();
    }

    private static List<String> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private void upload(Path bundle, String prefix) throws Exception {
        for (String file : files(bundle)) {
            store.put(prefix + file, "application/octet-stream", bundle.resolve(file));
        }
    }

    private static void assertRefused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Code code, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        BundleException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    /** Breaks each connection after some bytes, and lets none come about after a number of them. */
    private static final class BrokenSource implements BundleSource {

        private final BundleSource source;
        private final int bytes;
        private final List<Long> offsets = new ArrayList<>();
        private int closedAfter = Integer.MAX_VALUE;

        BrokenSource(BundleSource source, int bytes) {
            this.source = source;
            this.bytes = bytes;
        }

        @Override
        public List<String> directories() throws IOException {
            return source.directories();
        }

        @Override
        public byte[] manifest(String directory) throws IOException, BundleException {
            return source.manifest(directory);
        }

        @Override
        public synchronized InputStream open(String directory, FileEntry entry, long offset)
                throws IOException, BundleException {
            offsets.add(offset);
            if (offsets.size() > closedAfter) {
                throw new IOException("refused");
            }
            return new FilterInputStream(source.open(directory, entry, offset)) {
                private int left = bytes;

                @Override
                public int read(byte[] to, int at, int length) throws IOException {
                    if (left == 0) {
                        throw new IOException("reset");
                    }
                    int n = super.read(to, at, Math.min(length, left));
                    left -= Math.max(0, n);
                    return n;
                }
            };
        }

        @Override
        public String toString() {
            return source.toString();
        }
    }
}
