package dev.galatea.benchmarks;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Reads sums out of the Prometheus text format. */
final class PrometheusText {

    private static final String TIMER = "_seconds_sum";

    private PrometheusText() {}

    /** The total seconds of each of the system's own timers, by name and labels. */
    static Map<String, Double> timers(String text) {
        Map<String, Double> timers = new TreeMap<>();
        for (String line : text.split("\n")) {
            if (line.startsWith("galatea_") && line.contains(TIMER)) {
                int value = line.lastIndexOf(' ');
                String name = line.substring(0, value).replace(TIMER, "");
                timers.put(name, Double.parseDouble(line.substring(value + 1)));
            }
        }
        return timers;
    }

    /** The sum of a metric over all its labels; 0 when it does not appear. */
    static double sum(String text, String metric) {
        return sum(text, metric, "");
    }

    /** The sum of a metric where it has this label, written as {@code name="value"}; 0 when it does not appear. */
    static double sum(String text, String metric, String label) {
        return Arrays.stream(text.split("\n"))
                .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
                .filter(line -> line.contains(label))
                .mapToDouble(PrometheusText::value)
                .sum();
    }

    /**
     * Reads the value of a line that may end with an exemplar (OpenMetrics): {@code name{labels} 2.0 # {trace_id="…"}
     * 1.0 1700000000.0}.
     */
    private static double value(String line) {
        int exemplar = line.indexOf(" # {");
        String sample = exemplar < 0 ? line : line.substring(0, exemplar);
        return Double.parseDouble(sample.substring(sample.lastIndexOf(' ') + 1));
    }
}
