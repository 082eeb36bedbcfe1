package dev.galatea.standalone.cli;

import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import dev.galatea.standalone.StandaloneSystem;

/** {@code ./galatea generate "PROMPT"}: starts the system, publishes the prompt event, writes the clip. */
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
    public Integer call() {
        options.reference.check(spec);
        CommandFiles.requireWritable(spec, options.outputFile());
        return StandaloneSystem.inDirectory(data.resolve()).quiet().run(new GenerateJob(options));
    }
}
