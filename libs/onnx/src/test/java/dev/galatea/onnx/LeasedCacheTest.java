package dev.galatea.onnx;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.galatea.model.failure.PoisonException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LeasedCacheTest {

    private final List<Object> closed = Collections.synchronizedList(new ArrayList<>());
    private final LeasedCache<String, Object> cache = new LeasedCache<>(2, closed::add);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void shouldLoadOnce_whenManyAskAtOnce() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        CountDownLatch finish = new CountDownLatch(1);
        List<Future<Object>> asking = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            asking.add(threads.submit(() -> {
                try (var lease = cache.acquire("a", () -> {
                    loads.incrementAndGet();
                    awaitQuietly(finish);
                    return new Object();
                })) {
                    return lease.value();
                }
            }));
        }
        finish.countDown();
        Object value = asking.get(0).get(10, TimeUnit.SECONDS);
        for (Future<Object> future : asking) {
            assertThat(future.get(10, TimeUnit.SECONDS)).isSameAs(value);
        }
        assertThat(loads).hasValue(1);
        assertThat(closed).isEmpty();
    }

    @Test
    void shouldNotLetOthersWait_whileAValueIsLoaded() throws Exception {
        cache.acquire("loaded", Object::new).close();
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        Future<?> slow = threads.submit(() -> cache.acquire("slow", () -> {
            loading.countDown();
            awaitQuietly(finish);
            return new Object();
        }));
        loading.await();

        CompletableFuture<Void> others = CompletableFuture.runAsync(
                () -> {
                    try {
                        cache.acquire("loaded", Object::new).close();
                        cache.acquire("new", Object::new).close();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                },
                threads);

        assertThat(others).succeedsWithin(Duration.ofSeconds(10));
        assertThat(slow).isNotDone();
        finish.countDown();
        slow.get(10, TimeUnit.SECONDS);
    }

    @Test
    void shouldKeepWhatIsInUse_andCloseWhatIsIdleAndTooMuch() throws Exception {
        try (var lease = cache.acquire("a", Object::new)) {
            for (String key : List.of("b", "c", "d", "e")) {
                cache.acquire(key, Object::new).close();
            }
            assertThat(closed).hasSize(2).doesNotContain(lease.value());
            try (var again = cache.acquire("a", Object::new)) {
                assertThat(again.value()).isSameAs(lease.value());
            }
            assertThat(closed).doesNotContain(lease.value());
        }
        assertThat(closed).hasSize(3);
    }

    @Test
    void shouldTryAgain_whenLoadingFailed() throws Exception {
        assertThatThrownBy(() -> cache.acquire("a", () -> {
                    throw new PoisonException("broken", "it is broken");
                }))
                .isInstanceOf(PoisonException.class)
                .hasMessage("it is broken");
        try (var lease = cache.acquire("a", Object::new)) {
            assertThat(lease.value()).isNotNull();
        }
    }

    @Test
    void shouldLetEachLoadForItself_whenLoadingFailedForTheFirst() throws Exception {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        Future<?> first = threads.submit(() -> cache.acquire("a", () -> {
            loading.countDown();
            awaitQuietly(finish);
            throw new PoisonException("broken", "it is broken");
        }));
        loading.await();
        Future<?> second = threads.submit(() -> cache.acquire("a", Object::new));
        finish.countDown();
        assertThat(second.get(10, TimeUnit.SECONDS)).isNotNull();
        assertThatThrownBy(() -> first.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(PoisonException.class);
    }

    @Test
    void shouldCloseAtTheEndOfTheLastLease_whenTheCacheIsClosed() throws Exception {
        var lease = cache.acquire("a", Object::new);
        cache.acquire("b", Object::new).close();

        cache.close();
        assertThat(closed).hasSize(1).doesNotContain(lease.value());
        lease.close();
        lease.close();
        assertThat(closed).hasSize(2).contains(lease.value());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
