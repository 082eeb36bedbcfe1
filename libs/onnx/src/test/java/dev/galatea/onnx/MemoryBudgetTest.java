package dev.galatea.onnx;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MemoryBudgetTest {

    private final List<String> closed = Collections.synchronizedList(new ArrayList<>());
    private final MemoryBudget budget = new MemoryBudget(10);
    private final LeasedCache<String, String> denoisers = new LeasedCache<>(budget, 9, closed::add);
    private final LeasedCache<String, String> decoders = new LeasedCache<>(budget, 9, closed::add);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void shouldKeepAllThatFits() throws Exception {
        acquire(denoisers, "a", 5).close();
        acquire(decoders, "b", 5).close();
        acquire(denoisers, "a", 5).close();
        assertThat(closed).isEmpty();
    }

    @Test
    void shouldCloseWhatWasUsedLongestAgo_ofAllCaches() throws Exception {
        acquire(denoisers, "a", 4).close();
        acquire(decoders, "b", 3).close();
        acquire(denoisers, "c", 3).close();
        acquire(denoisers, "a", 4).close();
        acquire(denoisers, "d", 3).close();
        assertThat(closed).containsExactly("b");
        acquire(decoders, "e", 6).close();
        assertThat(closed).containsExactly("b", "c", "a");
    }

    @Test
    void shouldSayTheSumByBundle_whenAPoolCanNeverFit() throws Exception {
        ModelSize small = new ModelSize("wan-5b", Map.of("denoiser.onnx", 4L));
        budget.requireRoomForAll("wan", List.of(small, new ModelSize("ltx", Map.of("denoiser.onnx", 6L))));

        assertThatThrownBy(() -> new MemoryBudget(3 << 20)
                        .requireRoomForAll(
                                "wan",
                                List.of(
                                        new ModelSize("wan-5b", Map.of("a.onnx", 2L << 20)),
                                        new ModelSize("ltx", Map.of("b.onnx", 3L << 19)))))
                .isInstanceOfSatisfying(
                        PoisonException.class, e -> assertThat(e.code()).isEqualTo("pool_too_large"))
                .hasMessageContaining("pool 'wan' needs 3.5 MiB: bundle 'wan-5b' needs 2.0 MiB (a.onnx 2.0 MiB),"
                        + " bundle 'ltx' needs 1.5 MiB (b.onnx 1.5 MiB); galatea.onnx.memory-budget is 3.0 MiB:");
    }

    @Test
    void shouldSayTheSumByFile_whenItCanNeverFit() {
        ModelSize size = new ModelSize("wan", Map.of("denoiser.onnx.data", 11L << 20));
        assertThatThrownBy(() -> denoisers.acquire("a", size, () -> "a"))
                .isInstanceOfSatisfying(
                        PoisonException.class, e -> assertThat(e.code()).isEqualTo("bundle_too_large"))
                .hasMessageContaining("bundle 'wan' needs 11.0 MiB (denoiser.onnx.data 11.0 MiB)")
                .hasMessageContaining("galatea.onnx.memory-budget is 0.0 MiB");
    }

    @Test
    void shouldWaitForWhatIsInUse() throws Exception {
        LeasedCache.Lease<String> lease = acquire(denoisers, "a", 8);
        Future<?> waiting = threads.submit(() -> {
            acquire(decoders, "b", 5).close();
            return null;
        });
        assertThatThrownBy(() -> waiting.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(closed).isEmpty();
        lease.close();
        waiting.get(10, TimeUnit.SECONDS);
        assertThat(closed).containsExactly("a");
    }

    @Test
    void shouldGiveBytesBack_whenLoadingFails() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> denoisers.acquire("a", size(8), () -> {
                        throw new PoisonException("broken", "it is broken");
                    }))
                    .isInstanceOf(PoisonException.class);
        }
        acquire(denoisers, "a", 8).close();
        assertThat(closed).isEmpty();
    }

    @Test
    void shouldCloseWhatIsIdle_whenItsTimeIsOver() throws Exception {
        acquire(denoisers, "a", 2).close();
        LeasedCache.Lease<String> used = acquire(decoders, "b", 2);
        budget.closeIdleSince(System.nanoTime() - Duration.ofMinutes(1).toNanos());
        assertThat(closed).isEmpty();
        budget.closeIdleSince(System.nanoTime());
        assertThat(closed).containsExactly("a");
        used.close();
        Awaitility.await().untilAsserted(() -> {
            budget.closeIdleSince(System.nanoTime());
            assertThat(closed).containsExactly("a", "b");
        });
        acquire(decoders, "c", 10).close();
    }

    @Test
    void shouldNeverTakeMoreThanThereIs_whenManyLoadAtOnce() throws Exception {
        AtomicInteger live = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        LeasedCache<String, String> counted = new LeasedCache<>(budget, 9, key -> live.addAndGet(-3));
        List<Future<?>> users = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String key = "k" + i % 5;
            users.add(threads.submit(() -> {
                for (int round = 0; round < 50; round++) {
                    counted.acquire(key, size(3), () -> {
                                most.accumulateAndGet(live.addAndGet(3), Math::max);
                                return key;
                            })
                            .close();
                }
                return null;
            }));
        }
        for (Future<?> user : users) {
            user.get(30, TimeUnit.SECONDS);
        }
        assertThat(most.get()).isBetween(6, 10);
        acquire(denoisers, "all", 10).close(); // all bytes come back
        assertThat(live).hasValue(0);
    }

    private static LeasedCache.Lease<String> acquire(LeasedCache<String, String> cache, String key, long bytes)
            throws PoisonException, RetryableException {
        return cache.acquire(key, size(bytes), () -> key);
    }

    private static ModelSize size(long bytes) {
        return new ModelSize("tiny", Map.of("model.onnx", bytes));
    }
}
