package dev.galatea.standalone.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.Grid;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;
import dev.galatea.standalone.JobWatcher;
import dev.galatea.standalone.SystemClient;

/** Continues a clip, and what comes of that, until it is long enough. */
final class ExtendJob {

    private final ExtendCommand options;
    private final JobId original;
    private final OutputTarget target;
    private final Output output;

    ExtendJob(ExtendCommand options, JobId original, OutputTarget target, Output output) {
        this.options = options;
        this.original = original;
        this.target = target;
        this.output = output;
    }

    /**
     * Answers the process's exit code.
     *
     * @param manifests of the bundles that are known here, by name
     */
    int run(SystemClient system, Function<String, Optional<BundleManifest>> manifests) throws Exception {
        JobState state = JobWatcher.find(system.bootstrapServers(), original).orElse(null);
        if (state == null || state.clip() == null || state.spec() == null) {
            output.problem("ID: job " + original
                    + (state == null
                            ? " is not known here"
                            : " is " + state.status().wireName() + " and has no clip")
                    + "; valid is a completed job of this data directory");
            return ExitCodes.WRONG_USE;
        }
        // Every completed job has one.
        JobSpec spec = Objects.requireNonNull(state.spec());
        List<Integer> parts = parts(state.clip(), manifests.apply(spec.model()));
        Optional<String> seedProblem = seedProblem(options.seed, parts.size());
        if (seedProblem.isPresent()) {
            output.problem("--seed: " + seedProblem.get());
            return ExitCodes.WRONG_USE;
        }
        try (PromptRun run = new PromptRun(system, output)) {
            VideoFinished last = null;
            JobId before = original;
            Clip clip = state.clip();
            for (int part = 0; part < parts.size() && clip != null; part++) {
                Part next = new Part(before, clip, parts.get(part), part);
                last = run.follow((jobId, store) -> prompt(jobId, spec, next));
                clip = last == null ? null : last.clip();
                before = last == null ? before : last.jobId();
            }
            return run.conclude(last, target, options.json);
        }
    }

    /**
     * Splits the frames to add among jobs. Numbers that the model can't make at all are left to admission to refuse.
     */
    private List<Integer> parts(Clip clip, Optional<BundleManifest> manifest) {
        List<Integer> parts = new ArrayList<>();
        int fps = manifest.map(BundleManifest::fps).orElse(clip.fps());
        int missing = (int) Math.ceil(options.seconds * fps - 1e-3); // 1.333 s are 32 frames, not 33
        Grid grid = manifest.flatMap(BundleManifest::extensions).orElse(null);
        while (missing > 0) {
            parts.add(grid == null ? missing : grid.above(missing));
            missing -= parts.get(parts.size() - 1);
        }
        return parts;
    }

    /** Says whether the jobs after the first would have seeds that 64 bits don't hold. */
    static Optional<String> seedProblem(@Nullable Long seed, int jobs) {
        long largest = Long.MAX_VALUE - Math.max(0, jobs - 1);
        return seed == null || seed <= largest
                ? Optional.empty()
                : Optional.of(seed + " is not valid, because each of the " + jobs
                        + " jobs has a seed that is one larger than the last one's; valid are up to " + largest);
    }

    private record Part(JobId before, Clip clip, int frames, int index) {}

    private PromptSubmitted prompt(JobId jobId, JobSpec spec, Part part) {
        GenerationSettings asked = GenerationSettings.builder()
                .frames(part.frames())
                .steps(options.steps)
                .guidance(options.guidance)
                .reference(new ReferenceMedia(
                        ReferenceMedia.Role.EXTENSION, part.clip().video(), null))
                .build();
        GenerationSettings settings = asked.orElse(spec.settings().withFps(null))
                .withSeed(options.seed == null ? null : options.seed + part.index());
        return PromptSubmitted.of(jobId, options.prompt == null ? spec.prompt() : options.prompt, settings)
                .withRemixOf(part.before());
    }
}
