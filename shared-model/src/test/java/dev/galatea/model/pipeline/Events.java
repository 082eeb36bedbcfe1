package dev.galatea.model.pipeline;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Clip;
import dev.galatea.model.event.ClipDecoded;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.ExampleSpec;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.DType;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.TensorRef;

/** Events and a stage for the tests of the pipeline. */
final class Events {

    static final Stage SMOOTHING = new Stage("smoothing");
    static final EventType SMOOTHING_REQUESTED =
            EventType.ofStage("video.smoothing.requested.v1", SmoothingRequested.class);
    static final JobId JOB = JobId.parse("01920000-0000-7000-8000-000000000001");
    static final JobSpec TEXT = spec(20, null);
    static final JobSpec REFERENCE = spec(20, new ReferenceMedia(ReferenceMedia.Role.FIRST_FRAME, object(), null));

    /** Smoothed, too. */
    static final JobSpec LONG = spec(99, null);

    /** Drawn larger and with more frames once it is decoded. */
    static final JobSpec FINISHED =
            TEXT.withSettings(settings -> settings.upscale(2).interpolateToFps(24));

    private Events() {}

    static StageDefinition.Builder smoothing() {
        return StageDefinition.of(SMOOTHING)
                .takes(SMOOTHING_REQUESTED)
                .gives(EventType.LATENTS_DENOISED)
                .requestedWith(LatentsDenoised.class, spec -> spec.steps() > 50, SmoothingRequested::of);
    }

    static JobAccepted accepted(JobSpec spec) {
        return new JobAccepted(JOB, spec, Instant.EPOCH);
    }

    static PromptConditioned conditioned(JobSpec spec) {
        return new PromptConditioned(JOB, spec, tensor(), tensor());
    }

    static LatentsDenoised denoised(JobSpec spec) {
        return new LatentsDenoised(JOB, spec, tensor());
    }

    static ClipDecoded decoded(JobSpec spec) {
        return new ClipDecoded(JOB, spec, new Clip(object(), object(), null, 64, 64, 33, 8));
    }

    static JobSpec spec(int steps, @Nullable ReferenceMedia reference) {
        return ExampleSpec.read()
                .withSettings(settings ->
                        settings.frames(33).steps(steps).guidance(5.0).reference(reference));
    }

    private static TensorRef tensor() {
        return new TensorRef(
                "galatea", "jobs/x/latents-0", "latents", DType.F32, List.of(1L, 2L), 8, Sha256.of(new byte[0]));
    }

    private static ObjectRef object() {
        return new ObjectRef("galatea", "jobs/x/upload-0", "image/png", 8, Sha256.of(new byte[0]));
    }
}
