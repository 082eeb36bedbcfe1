package dev.galatea.standalone.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

import io.quarkus.arc.Arc;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.id.JobId;
import dev.galatea.standalone.RunningSystem;
import dev.galatea.standalone.StandaloneSystem;
import dev.galatea.standalone.SystemClient;

/** {@code ./galatea extend ID --seconds S}: continues a clip that was made in the same data directory. */
@Command(
        name = "extend",
        description = "Continues a clip that was made here, and writes all of it as MP4.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:the clip is written",
            "1:a job failed",
            "2:wrong usage, or a value that the model doesn't support",
            "130:interrupted; the job is cancelled"
        })
final class ExtendCommand implements Callable<Integer> {

    private static final double MOST_SECONDS = 120;

    @Parameters(
            paramLabel = "ID",
            description = "The id of the clip's job, as printed by generate --json and shown on the dashboard.")
    String id = "";

    @Option(
            names = "--seconds",
            paramLabel = "S",
            required = true,
            description = "Seconds to add at least; more than the model can add at once is made by several jobs.")
    double seconds;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "What comes next (default: the clip's prompt).")
    @Nullable
    String prompt;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the noise; the same seed gives the same clip.")
    @Nullable
    Long seed;

    @Option(names = "--steps", paramLabel = "N", description = "Denoising steps (default: the clip's).")
    @Nullable
    Integer steps;

    @Option(names = "--guidance", paramLabel = "X", description = "How closely it follows the prompt.")
    @Nullable
    Double guidance;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The MP4 to write, or - for standard output (default: named after the id).",
            converter = OutputOption.NameConverter.class)
    @Nullable
    Path out;

    @Option(names = "--json", description = "Print one JSON object about the result last on standard output.")
    boolean json;

    @Mixin
    DataDirectoryOption data = new DataDirectoryOption();

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        JobId original;
        try {
            original = JobId.parse(id);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "ID: '" + id + "' is not the id of a job; valid is for instance " + JobId.random(),
                    e);
        }
        if (!(seconds > 0 && seconds <= MOST_SECONDS)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--seconds: " + seconds + " is not valid; valid are numbers over 0 up to " + MOST_SECONDS);
        }
        OutputOption option = new OutputOption(spec);
        OutputTarget target = option.target(out == null ? Path.of(id + "-extended.mp4") : out);
        option.requireResultsApart(target, json);
        Path directory = data.resolve();
        ExtendJob job = new ExtendJob(this, original, target, Output.of(spec));
        Optional<RunningSystem> running = RunningSystem.in(directory);
        if (running.isPresent()) {
            Optional<InstalledBundles> bundles = InstalledBundles.read(spec, directory);
            return job.run(
                    SystemClient.of(running.get(), directory),
                    name -> bundles.flatMap(installed -> installed.find(name)).map(Bundle::manifest));
        }
        return StandaloneSystem.inDirectory(directory)
                .quiet()
                .run(() -> job.run(SystemClient.ofThisProcess(), ExtendCommand::manifestHere));
    }

    private static Optional<BundleManifest> manifestHere(String name) {
        try {
            return Optional.of(Arc.container()
                    .instance(BundleRepository.class)
                    .get()
                    .byName(name)
                    .manifest());
        } catch (PoisonException e) {
            // Admission says that it is not here.
            return Optional.empty();
        }
    }
}
