package dev.galatea.standalone.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.core.JsonProcessingException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import dev.galatea.model.event.Failure;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.id.JobId;
import dev.galatea.standalone.RunningSystem;
import dev.galatea.standalone.StandaloneSystem;
import dev.galatea.standalone.SystemClient;

/**
 * {@code ./galatea generate "PROMPT"}: starts the system unless one is up in the data directory, publishes the prompt
 * event, writes the clip.
 */
@Command(
        name = "generate",
        description = "Makes a clip of a prompt and writes it as MP4.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:the clip is written",
            "1:the job failed",
            "2:wrong usage, or a value that the model doesn't support",
            "130:interrupted; the job is cancelled"
        })
final class GenerateCommand implements Callable<Integer> {

    @Mixin
    GenerateOptions options = new GenerateOptions();

    @Mixin
    DataDirectoryOption data = new DataDirectoryOption();

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        options.reference.check(spec);
        OutputTarget target = target();
        Output output = Output.of(spec);
        Path directory = data.resolve();
        GenerateJob job = new GenerateJob(options, target, output);
        Optional<RunningSystem> running = RunningSystem.in(directory);
        if (running.isPresent()) {
            return job.run(SystemClient.of(running.get(), directory));
        }
        Optional<Failure> refusal = refusal(directory);
        if (refusal.isPresent()) {
            return refuse(output, refusal.get());
        }
        return StandaloneSystem.inDirectory(directory).quiet().run(() -> job.run(SystemClient.ofThisProcess()));
    }

    private OutputTarget target() {
        OutputOption option = new OutputOption(spec);
        OutputTarget target = option.target(options.outputFile());
        option.requireResultsApart(target, options.json);
        options.reference.files().forEach((name, file) -> option.requireOther(target, name, file));
        return target;
    }

    private Optional<Failure> refusal(Path directory) {
        JobId jobId = JobId.random();
        PromptSubmitted prompt = options.toEvent(jobId, options.reference.unstored(jobId));
        return InstalledBundles.read(spec, directory).flatMap(bundles -> bundles.refusal(prompt));
    }

    private int refuse(Output output, Failure refusal) throws JsonProcessingException {
        output.problem(PromptRun.message(refusal));
        if (options.json) {
            output.json(GenerateResult.refused(JobId.random(), refusal));
        }
        return ExitCodes.WRONG_USE;
    }
}
