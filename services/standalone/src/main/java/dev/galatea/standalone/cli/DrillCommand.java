package dev.galatea.standalone.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import dev.galatea.systemtests.DrillOutcome;
import dev.galatea.systemtests.DrillRunner;
import dev.galatea.systemtests.DrillSettings;

/** {@code ./galatea drill}: breaks a deployment of its own on purpose, and audits what became of the jobs. */
@Command(
        name = "drill",
        description = "Starts the services as separate processes, breaks them on purpose while jobs run, and audits"
                + " topics and bucket: nothing lost, nothing twice, the same bytes.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:all drills passed", "1:a drill failed", "2:wrong usage"})
final class DrillCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DRILL", arity = "0..*", description = "The drills to run; all by default. See --list.")
    List<String> names = new ArrayList<>();

    @Option(names = "--list", description = "Says which drills there are.")
    boolean list;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "The seed that decides where faults occur (default: ${DEFAULT-VALUE}).")
    long seed;

    @Option(
            names = "--kills",
            paramLabel = "N",
            defaultValue = "3",
            description = "Number of repetitions in drills that repeat a fault (default: ${DEFAULT-VALUE}).")
    int kills;

    @Option(
            names = "--frames",
            paramLabel = "N",
            defaultValue = "48",
            description = "Length of a job's clip (default: ${DEFAULT-VALUE}, the shortest of pebble).")
    int frames;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "8",
            description = "Denoising steps of a job (default: ${DEFAULT-VALUE}).")
    int steps;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "N",
            defaultValue = "2",
            description = "Steps between two checkpoints (default: ${DEFAULT-VALUE}).")
    int checkpointEvery;

    @Option(
            names = "--lock",
            paramLabel = "DURATION",
            defaultValue = "PT5S",
            description = "Time for which a job stays with a worker that died (default: ${DEFAULT-VALUE}).")
    Duration lock = Duration.ofSeconds(5);

    @Option(
            names = "--root",
            paramLabel = "DIR",
            defaultValue = "${env:GALATEA_ROOT:-.}",
            description = "The checkout.")
    Path root = Path.of(".");

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "Directory for data and logs of the processes; a new one by default.")
    @Nullable
    Path directory;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (list) {
            DrillRunner.describe().forEach(Output.of(spec).out()::println);
            return ExitCodes.DONE;
        }
        List<String> unknown = DrillRunner.unknown(names);
        if (!unknown.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "DRILL: there is no " + unknown.get(0) + "; --list prints the valid ones");
        }
        // What drills find may quote events.
        PrintWriter out = Output.of(spec).out();
        List<DrillOutcome> outcomes = new DrillRunner(settings(), out::println).run(names);
        long failed = outcomes.stream().filter(outcome -> !outcome.passed()).count();
        out.println(outcomes.size() + " drills, " + failed + " failed");
        return failed == 0 ? ExitCodes.DONE : ExitCodes.FAILED;
    }

    private DrillSettings settings() throws Exception {
        DrillSettings checked;
        try {
            Path checkout = root.toAbsolutePath();
            checked = new DrillSettings(checkout, checkout, seed, kills, frames, steps, checkpointEvery, lock);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
        }
        return checked.in(directory == null ? Files.createTempDirectory("galatea-drill") : directory.toAbsolutePath());
    }
}
