package dev.galatea.standalone.cli;

import dev.galatea.standalone.SystemJob;

/** Publishes one prompt event, shows what becomes of it, and fetches the clip. */
final class GenerateJob implements SystemJob {

    private final GenerateOptions options;
    private final OutputTarget target;
    private final Output output;

    GenerateJob(GenerateOptions options, OutputTarget target, Output output) {
        this.options = options;
        this.target = target;
        this.output = output;
    }

    @Override
    public int run() throws Exception {
        try (PromptRun run = new PromptRun(output)) {
            return run.conclude(
                    run.follow((jobId, store) -> options.toEvent(jobId, options.reference.upload(jobId, store))),
                    target,
                    options.json);
        }
    }
}
