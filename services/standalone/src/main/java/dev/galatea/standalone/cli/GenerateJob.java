package dev.galatea.standalone.cli;

import dev.galatea.standalone.SystemJob;

/** Publishes one prompt event, shows what becomes of it, and fetches the clip. */
final class GenerateJob implements SystemJob {

    private final GenerateOptions options;

    GenerateJob(GenerateOptions options) {
        this.options = options;
    }

    @Override
    public int run() throws Exception {
        try (PromptRun run = new PromptRun()) {
            return run.conclude(
                    run.follow((jobId, store) -> options.toEvent(jobId, options.reference.upload(jobId, store))),
                    options.outputFile(),
                    options.json);
        }
    }
}
