package dev.galatea.benchmarks;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Times between something that is done and what is seen of it, by a key of both. Thread-safe. */
final class Latencies {

    private final LongSupplier nanoTime;
    private final Map<String, Long> waiting = new ConcurrentHashMap<>();
    private final Map<String, Double> millis = new ConcurrentHashMap<>();

    Latencies() {
        this(System::nanoTime);
    }

    Latencies(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Notes that something is about to be done. */
    void begin(String key) {
        waiting.put(key, nanoTime.getAsLong());
    }

    /** Notes that it is seen; the first time counts. */
    void end(String key) {
        Long start = waiting.remove(key);
        if (start != null) {
            millis.put(key, (nanoTime.getAsLong() - start) / 1e6);
        }
    }

    /** Returns the number of events that were begun and not seen. */
    int open() {
        return waiting.size();
    }

    @Override
    public String toString() {
        double[] sorted = millis.values().stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return "none of " + open();
        }
        return String.format(
                Locale.ROOT,
                "p50 %.0f ms, p99 %.0f ms, longest %.0f ms, of %d; not seen %d",
                quantile(sorted, 0.5),
                quantile(sorted, 0.99),
                sorted[sorted.length - 1],
                sorted.length,
                open());
    }

    /** The nearest rank of a sorted sample. */
    static double quantile(double[] sorted, double quantile) {
        int rank = (int) Math.ceil(quantile * sorted.length);
        return sorted[Math.max(0, rank - 1)];
    }
}
