package dev.galatea.benchmarks;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Requests by clients that each ask again once they are answered.
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
            double seconds = (System.nanoTime() - start) / 1e9;
            double[] sorted =
                    all.stream().mapToDouble(nanos -> nanos / 1e6).sorted().toArray();
            return new ApiLoad(sorted.length / seconds, quantile(sorted, 0.5), quantile(sorted, 0.99));
        } finally {
            threads.shutdownNow();
        }
    }

    private static long ask(HttpClient http, HttpRequest request) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        var answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(request.uri() + ": " + answer.statusCode() + " " + answer.body());
        }
        return System.nanoTime() - begin;
    }

    private static double quantile(double[] sorted, double quantile) {
        return sorted[(int) Math.round(quantile * (sorted.length - 1))];
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.0f/s, median %.1f ms, p99 %.1f ms", perSecond, median, p99);
    }
}
