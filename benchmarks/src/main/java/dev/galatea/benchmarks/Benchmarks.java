package dev.galatea.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;

import dev.galatea.benchmarks.autoscaling.AutoscalingBenchmark;

/** The benchmarks' command line; {@code benchmarks/run} calls it. */
@Command(
        name = "benchmarks",
        description = "Measures the packaged system from outside.",
        mixinStandardHelpOptions = true,
        subcommands = {
            OverheadBenchmark.class,
            ThroughputBenchmark.class,
            GenerateBenchmark.class,
            ApiBenchmark.class,
            CrowdBenchmark.class,
            CheckpointCostBenchmark.class,
            AutoscalingBenchmark.class
        })
public final class Benchmarks {

    private Benchmarks() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Benchmarks()).execute(args));
    }
}
