package dev.galatea.benchmarks.autoscaling;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

import dev.galatea.benchmarks.autoscaling.ScalingRules.Policy;
import dev.galatea.benchmarks.autoscaling.ScalingRules.Side;

/**
 * Computes the number of workers that one stage should have. Between 1 and the maximum it is the Horizontal Pod
 * Autoscaler with an average value: {@code ceil(metric / threshold)}, left alone within a tenth of what there is, then
 * stabilised and bounded by the policies, each period's widest. Between 0 and 1 it is KEDA: at once when there is work,
 * back after the cool-down. Not thread-safe.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#algorithm-details">
 *     Horizontal Pod Autoscaling</a>
 * @see <a href="https://keda.sh/docs/2.17/concepts/scaling-deployments/">Scaling Deployments with KEDA</a>
 */
final class Autoscaler {

    /** Seconds between the autoscaler's decisions. */
    static final int SYNC = 15;

    private static final double TOLERANCE = 0.1;

    private final ScalingRules rules;
    private final NavigableMap<Integer, Integer> history = new TreeMap<>();
    private final Deque<Recommendation> recommendations = new ArrayDeque<>();
    private int workers;
    private int lastActive;

    private record Recommendation(int second, int workers) {}

    Autoscaler(ScalingRules rules) {
        this.rules = rules;
        this.workers = rules.minimum();
        history.put(0, workers);
    }

    /** The number of workers from this second on; seconds must not go back. */
    int decide(int second, double metric) {
        boolean active = metric > rules.activation();
        if (active) {
            lastActive = second;
        }
        if (workers == 0) {
            if (active && second % rules.polling() == 0) {
                set(second, 1);
            }
        } else if (workers == 1 && rules.minimum() == 0 && second - lastActive >= rules.cooldown()) {
            set(second, 0);
        } else if (second % SYNC == 0) {
            set(second, bounded(second, stabilised(second, wanted(metric))));
        }
        return workers;
    }

    private int wanted(double metric) {
        double ratio = metric / (rules.threshold() * workers);
        int wanted = Math.abs(ratio - 1) <= TOLERANCE ? workers : (int) Math.ceil(metric / rules.threshold());
        return Math.max(Math.max(1, rules.minimum()), Math.min(rules.maximum(), wanted));
    }

    /** Up by the lowest, down by the highest recommendation of the window. */
    private int stabilised(int second, int wanted) {
        recommendations.add(new Recommendation(second, wanted));
        int longest = Math.max(rules.up().window(), rules.down().window());
        recommendations.removeIf(old -> old.second() < second - longest);
        int lowest = since(second - rules.up().window()).min().orElse(wanted);
        int highest = since(second - rules.down().window()).max().orElse(wanted);
        return Math.max(lowest, Math.min(workers, highest));
    }

    private IntStream since(int second) {
        return recommendations.stream().filter(r -> r.second() >= second).mapToInt(Recommendation::workers);
    }

    private int bounded(int second, int wanted) {
        if (wanted > workers) {
            int most = widest(rules.up(), second, 1);
            return Math.min(wanted, Math.max(workers, most));
        }
        return Math.max(wanted, Math.min(workers, widest(rules.down(), second, -1)));
    }

    /** The limit of the most generous policy, counted from the workers at the start of its period. */
    private int widest(Side side, int second, int direction) {
        int widest = workers;
        for (Policy policy : side.policies()) {
            int before =
                    history.floorEntry(Math.max(0, second - policy.period())).getValue();
            double change = policy.percent() ? before * policy.value() / 100.0 : policy.value();
            int allowed = before + direction * (int) Math.ceil(change);
            widest = direction > 0 ? Math.max(widest, allowed) : Math.min(widest, allowed);
        }
        return widest;
    }

    private void set(int second, int count) {
        workers = count;
        history.put(second, count);
    }
}
