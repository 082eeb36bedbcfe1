package dev.galatea.examples.passthrough;

import java.time.Duration;

import dev.galatea.model.event.EventType;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.Stage;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.PipelineExtension;
import dev.galatea.model.pipeline.StageDefinition;
import dev.galatea.model.pipeline.WorkUnits;

/** Adds the stage between denoising and decoding. */
public final class PassThroughExtension implements PipelineExtension {

    static final Stage PASS_THROUGH = new Stage("pass-through");

    static final EventType REQUESTED = EventType.ofStage("video.pass-through.requested.v1", PassThroughRequested.class);

    @Override
    public Pipeline extend(Pipeline base) {
        return base.insertAfter(
                Stage.DENOISING,
                StageDefinition.of(PASS_THROUGH)
                        .takes(REQUESTED)
                        .gives(EventType.LATENTS_DENOISED)
                        .requestedWith(LatentsDenoised.class, spec -> true, PassThroughRequested::of)
                        .queued()
                        .work(WorkUnits.pixels())
                        .silence(Duration.ofMinutes(15))
                        .progressShare(1)
                        .build());
    }
}
