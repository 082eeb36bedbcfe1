package dev.galatea.benchmarks;

import java.util.Arrays;

/** Reads sums out of the Prometheus text format. */
final class PrometheusText {

    private PrometheusText() {}

    /** The sum of a metric over all its labels; 0 when it does not appear. */
    static double sum(String text, String metric) {
        return Arrays.stream(text.split("\n"))
                .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
