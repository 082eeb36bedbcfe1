package dev.galatea.standalone.cli;

import dev.galatea.standalone.SystemClient;

/** Publishes one prompt event, shows what becomes of it, and fetches the clip. */
final class GenerateJob {

    private final GenerateOptions options;
    private final OutputTarget target;
    private final Output output;

    GenerateJob(GenerateOptions options, OutputTarget target, Output output) {
        this.options = options;
        this.target = target;
        this.output = output;
    }

    /** Answers the process's exit code. */
    int run(SystemClient system) throws Exception {
        try (PromptRun run = new PromptRun(system, output)) {
            return run.conclude(
                    run.follow((jobId, store) -> options.toEvent(jobId, options.reference.upload(jobId, store))),
                    target,
                    options.json);
        }
    }
}
