package dev.galatea.model.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.model.id.Sha256;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FileDigestsTest {

    private static final Instant NOW = Instant.parse("2026-11-30T08:00:00Z");

    @TempDir
    Path directory;

    private final AtomicInteger reads = new AtomicInteger();
    private final FileDigests digests = new FileDigests(
            file -> {
                reads.incrementAndGet();
                return Sha256.of(file);
            },
            Clock.fixed(NOW, ZoneOffset.UTC),
            null);
    private Path file;

    @BeforeEach
    void writeFile() throws IOException {
        file = directory.resolve("weights.data");
        write(1, NOW.minusSeconds(60));
    }

    @Test
    void shouldReadOnce_whileTheFileStaysAsItIs() throws IOException {
        for (int i = 0; i < 3; i++) {
            assertThat(digests.of(file)).isEqualTo(Sha256.of(new byte[] {1}));
        }
        assertThat(reads).hasValue(1);
    }

    @Test
    void shouldReadAgain_whenTheFileIsAltered() throws IOException {
        digests.of(file);
        write(2, NOW.minusSeconds(30));
        assertThat(digests.of(file)).isEqualTo(Sha256.of(new byte[] {2}));
        Files.write(file, new byte[] {2, 3});
        Files.setLastModifiedTime(file, FileTime.from(NOW.minusSeconds(30)));
        assertThat(digests.of(file)).isEqualTo(Sha256.of(new byte[] {2, 3}));
        assertThat(reads).hasValue(3);
    }

    /** Within the grain of a file system's clock, an altered file looks like the one before. */
    @Test
    void shouldNotRemember_whatWasWrittenAMomentAgo() throws IOException {
        write(2, NOW.minusSeconds(1));
        digests.of(file);
        write(3, NOW.minusSeconds(1));
        assertThat(digests.of(file)).isEqualTo(Sha256.of(new byte[] {3}));
        assertThat(reads).hasValue(2);
    }

    @Test
    void shouldNotRemember_whatWasAlteredWhileItWasRead() throws IOException {
        FileDigests altering = new FileDigests(
                path -> {
                    Sha256 digest = Sha256.of(path);
                    if (reads.incrementAndGet() == 1) {
                        write(2, NOW.minusSeconds(50));
                    }
                    return digest;
                },
                Clock.fixed(NOW, ZoneOffset.UTC),
                null);
        altering.of(file);
        write(3, NOW.minusSeconds(60));
        assertThat(altering.of(file)).isEqualTo(Sha256.of(new byte[] {3}));
        assertThat(reads).hasValue(2);
    }

    @Test
    void shouldReadOnce_whenManyAskAtOnce() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        FileDigests slow = new FileDigests(
                path -> {
                    reads.incrementAndGet();
                    awaitQuietly(go);
                    return Sha256.of(path);
                },
                Clock.fixed(NOW, ZoneOffset.UTC),
                null);
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<Sha256>> asking = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                asking.add(threads.submit(() -> slow.of(file)));
            }
            go.countDown();
            for (Future<Sha256> asked : asking) {
                assertThat(asked.get(10, TimeUnit.SECONDS)).isEqualTo(Sha256.of(new byte[] {1}));
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(reads).hasValue(1);
    }

    @Test
    void shouldTryAgain_whenReadingFailed() throws IOException {
        FileDigests failing = new FileDigests(
                path -> {
                    if (reads.incrementAndGet() == 1) {
                        throw new IOException("the disk is gone");
                    }
                    return Sha256.of(path);
                },
                Clock.fixed(NOW, ZoneOffset.UTC),
                null);
        assertThatThrownBy(() -> failing.of(file)).hasMessage("the disk is gone");
        assertThat(failing.of(file)).isEqualTo(Sha256.of(new byte[] {1}));
    }

    @Test
    void shouldReadOnce_whatAnEarlierProcessHasRead() throws IOException {
        KeptDigests kept = new KeptDigests(directory.resolve("digests"));
        assertThat(ofAnotherProcess(kept).of(file)).isEqualTo(Sha256.of(new byte[] {1}));
        assertThat(ofAnotherProcess(kept).of(file)).isEqualTo(Sha256.of(new byte[] {1}));
        assertThat(reads).hasValue(1);

        write(2, NOW.minusSeconds(60));
        assertThat(ofAnotherProcess(kept).of(file)).isEqualTo(Sha256.of(new byte[] {2}));
        assertThat(reads).hasValue(2);
    }

    @Test
    void shouldRead_whenWhatIsKeptCantBeReadOrWritten() throws IOException {
        KeptDigests kept = new KeptDigests(directory.resolve("digests"));
        ofAnotherProcess(kept).of(file);
        try (Stream<Path> all = Files.list(directory.resolve("digests"))) {
            Files.writeString(all.findFirst().orElseThrow(), "half a dig");
        }
        assertThat(ofAnotherProcess(kept).of(file)).isEqualTo(Sha256.of(new byte[] {1}));
        assertThat(ofAnotherProcess(new KeptDigests(file)).of(file)).isEqualTo(Sha256.of(new byte[] {1}));
        assertThat(reads).hasValue(3);
    }

    private FileDigests ofAnotherProcess(KeptDigests kept) {
        return new FileDigests(
                path -> {
                    reads.incrementAndGet();
                    return Sha256.of(path);
                },
                Clock.fixed(NOW, ZoneOffset.UTC),
                kept);
    }

    private void write(int content, Instant modified) throws IOException {
        Files.write(file, new byte[] {(byte) content});
        Files.setLastModifiedTime(file, FileTime.from(modified));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
