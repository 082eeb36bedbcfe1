package dev.galatea.benchmarks;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/**
 * Requests by clients that each ask again once they are answered, or at a fixed rate.
 *
 * @param perSecond answers per second
 * @param median milliseconds
 * @param p99 milliseconds
 */
record ApiLoad(double perSecond, double median, double p99) {

    /**
     * Sends requests for a while; anything but 200 is a failure of the benchmark.
     *
     * @param request by its number
     */
    static ApiLoad of(int clients, Duration duration, IntFunction<HttpRequest> request) throws Exception {
        // One for each load: connections that lie idle while another load runs may be closed just when they are taken.
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(30))
                .build();
        AtomicInteger next = new AtomicInteger();
        long start = System.nanoTime();
        Callable<List<Long>> client = () -> {
            List<Long> nanos = new ArrayList<>();
            while (System.nanoTime() - start < duration.toNanos()) {
                nanos.add(ask(http, request.apply(next.getAndIncrement())));
            }
            return nanos;
        };
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            List<Long> all = new ArrayList<>();
            for (Future<List<Long>> done : threads.invokeAll(Collections.nCopies(clients, client))) {
                all.addAll(done.get());
            }
            return of(all.stream().mapToLong(Long::longValue).toArray(), start);
        } finally {
            threads.shutdownNow();
        }
    }

    /**
     * Sends requests at a fixed rate, whether or not those before are answered; the time of each begins when it is due,
     * so that one slow answer is not hidden by those that would have waited behind it.
     *
     * @param request by its number
     */
    static ApiLoad atRate(int perSecond, Duration duration, IntFunction<HttpRequest> request) throws Exception {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(30))
                .build();
        int count = Math.toIntExact(perSecond * duration.toSeconds());
        List<CompletableFuture<Long>> answers = new ArrayList<>(count);
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long due = start + i * 1_000_000_000L / perSecond;
            LockSupport.parkNanos(due - System.nanoTime());
            HttpRequest sent = request.apply(i);
            answers.add(http.sendAsync(sent, BodyHandlers.ofString()).thenApply(answer -> {
                requireOk(sent, answer);
                return System.nanoTime() - due;
            }));
        }
        long[] nanos = new long[count];
        for (int i = 0; i < count; i++) {
            nanos[i] = answers.get(i).get();
        }
        return of(nanos, start);
    }

    private static ApiLoad of(long[] nanos, long start) {
        double seconds = (System.nanoTime() - start) / 1e9;
        double[] sorted =
                Arrays.stream(nanos).mapToDouble(n -> n / 1e6).sorted().toArray();
        return new ApiLoad(sorted.length / seconds, quantile(sorted, 0.5), quantile(sorted, 0.99));
    }

    private static long ask(HttpClient http, HttpRequest request) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        requireOk(request, http.send(request, BodyHandlers.ofString()));
        return System.nanoTime() - begin;
    }

    private static void requireOk(HttpRequest request, HttpResponse<String> answer) {
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(request.uri() + ": " + answer.statusCode() + " " + answer.body());
        }
    }

    private static double quantile(double[] sorted, double quantile) {
        return sorted[(int) Math.round(quantile * (sorted.length - 1))];
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.0f/s, median %.1f ms, p99 %.1f ms", perSecond, median, p99);
    }
}
