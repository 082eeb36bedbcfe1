package dev.galatea.benchmarks.autoscaling;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import dev.galatea.benchmarks.ExampleSpec;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.Stage;

/** A burst of jobs under the rules of {@code k8s/base/scaling.yaml}, against fleets of fixed size: waiting and cost. */
@Command(
        name = "autoscaling",
        description = "Simulates the manifests' autoscaling through a burst of jobs. Nothing real runs.")
public final class AutoscalingBenchmark implements Callable<Integer> {

    private static final int[] STEPS = {12, 24, 48};
    private static final int USUAL_STEPS = 24;
    private static final int SIDE = 128;
    private static final int FRAMES = 48;
    private static final int FPS = 24;
    private static final double SPREAD = 0.15;

    @Option(names = "--root", defaultValue = ".", description = "The checkout.")
    Path root = Path.of(".");

    @Option(names = "--jobs", defaultValue = "500", description = "Jobs of the burst.")
    int jobs;

    @Option(names = "--burst", defaultValue = "300", description = "Seconds in which they come.")
    int burst;

    @Option(names = "--hours", defaultValue = "3", description = "Simulated hours; the burst begins after ten minutes.")
    int hours;

    @Option(names = "--start-up", defaultValue = "40", description = "Seconds from a new pod to its first job.")
    int startUp;

    @Option(names = "--text-conditioning", defaultValue = "0.05", description = "Seconds of a usual job.")
    double textConditioning;

    @Option(names = "--denoising", defaultValue = "30", description = "Seconds of a usual job.")
    double denoising;

    @Option(names = "--decoding", defaultValue = "3", description = "Seconds of a usual job.")
    double decoding;

    @Option(names = "--first-guess", defaultValue = "30", description = "Estimated seconds as long as no job was done.")
    double firstGuess;

    @Option(names = "--seed", defaultValue = "1", description = "Of arrivals, settings and times.")
    long seed;

    @Override
    public Integer call() throws Exception {
        Map<Stage, ScalingRules> rules = ScalingRules.read(root.resolve("k8s/base/scaling.yaml"));
        Simulation scaled = simulate("KEDA", stage -> {
            Autoscaler autoscaler = new Autoscaler(ruleOf(rules, stage));
            return autoscaler::decide;
        });
        simulate(
                "fixed, as many as KEDA may start",
                stage -> fixed(ruleOf(rules, stage).maximum()));
        simulate(
                "fixed, a quarter of them", stage -> fixed((ruleOf(rules, stage).maximum() + 3) / 4));
        table(scaled);
        return 0;
    }

    private static ScalingRules ruleOf(Map<Stage, ScalingRules> rules, Stage stage) {
        return Objects.requireNonNull(rules.get(stage), stage.wireName());
    }

    private interface Sizings {

        Simulation.Sizing of(Stage stage);
    }

    private static Simulation.Sizing fixed(int workers) {
        return (second, backlog) -> workers;
    }

    private Simulation simulate(String name, Sizings sizings) {
        Map<Stage, Simulation.Sizing> sizing = new LinkedHashMap<>();
        Simulation.stages().forEach(stage -> sizing.put(stage, sizings.of(stage)));
        Simulation simulation = new Simulation(sizing, startUp, firstGuess, seed);
        List<SimulatedJob> played = burst();
        simulation.run(played, hours * 3600);
        report(name, simulation, played);
        return simulation;
    }

    private List<SimulatedJob> burst() {
        Random random = new Random(seed);
        List<Integer> arrivals = new ArrayList<>(
                random.ints(jobs, 600, 600 + burst).sorted().boxed().toList());
        return arrivals.stream().map(second -> job(random, second)).toList();
    }

    private SimulatedJob job(Random random, int second) {
        int steps = STEPS[random.nextInt(STEPS.length)];
        JobSpec spec = ExampleSpec.read().withSettings(settings -> settings.width(SIDE)
                .height(SIDE)
                .frames(FRAMES)
                .fps(FPS)
                .steps(steps)
                .guidance(5.0));
        ToDoubleFunction<Double> real = seconds -> seconds * Math.exp(SPREAD * random.nextGaussian());
        return new SimulatedJob(
                spec,
                second,
                Map.of(
                        Stage.TEXT_CONDITIONING, real.applyAsDouble(textConditioning),
                        Stage.DENOISING, real.applyAsDouble(denoising * steps / USUAL_STEPS),
                        Stage.DECODING, real.applyAsDouble(decoding)));
    }

    private void report(String name, Simulation simulation, List<SimulatedJob> played) {
        List<SimulatedJob> done = played.stream().filter(SimulatedJob::isDone).toList();
        double[] waited =
                done.stream().mapToDouble(SimulatedJob::waited).sorted().toArray();
        int last = done.stream()
                        .mapToInt(job -> job.submitted() + job.took())
                        .max()
                        .orElse(0)
                - 600;
        System.out.printf(
                Locale.ROOT,
                "%-34s done %d of %d; waited median %.0f s, p95 %.0f s; last done %d s after the burst began;"
                        + " jobs handed on %d; worker-hours:",
                name,
                done.size(),
                played.size(),
                quantile(waited, 0.5),
                quantile(waited, 0.95),
                last,
                simulation.handedBack());
        for (Stage stage : Simulation.stages()) {
            System.out.printf(Locale.ROOT, " %s %.2f", stage.wireName(), simulation.paidSeconds(stage) / 3600.0);
        }
        System.out.println();
    }

    private static double quantile(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
    }

    private static void table(Simulation simulation) {
        System.out.printf("%nminute by minute with KEDA, while anything changes: workers / jobs / estimated seconds%n");
        Simulation.Minute before = null;
        for (Simulation.Minute now : simulation.minutes()) {
            if (before != null
                    && before.workers().equals(now.workers())
                    && before.unfinished().equals(now.unfinished())) {
                continue;
            }
            before = now;
            StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%4d", now.minute()));
            for (Stage stage : Simulation.stages()) {
                line.append(String.format(
                        Locale.ROOT,
                        "   %s %d / %d / %.0f",
                        stage.wireName(),
                        now.workers().get(stage),
                        now.unfinished().get(stage),
                        now.backlog().get(stage)));
            }
            System.out.println(line);
        }
    }
}
