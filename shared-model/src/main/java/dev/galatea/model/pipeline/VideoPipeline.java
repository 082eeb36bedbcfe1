package dev.galatea.model.pipeline;

import java.time.Duration;
import java.util.List;

import dev.galatea.model.event.ClipDecoded;
import dev.galatea.model.event.EncodingRequested;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.FinishingRequested;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.Stage;

/** Defines the built-in stages. */
final class VideoPipeline {

    private static final Duration OF_SHORT_WORK = Duration.ofMinutes(15);
    private static final Duration LONGER_THAN_ANY_STEP = Duration.ofHours(1);

    private VideoPipeline() {}

    static Pipeline create() {
        return Pipeline.of(List.of(textConditioning(), encoding(), denoising(), decoding(), finishing()));
    }

    private static StageDefinition textConditioning() {
        return StageDefinition.of(Stage.TEXT_CONDITIONING)
                .takes(EventType.JOB_ACCEPTED)
                .gives(EventType.PROMPT_CONDITIONED)
                .work(WorkUnits.jobs())
                .silence(OF_SHORT_WORK)
                .progressShare(3)
                .build();
    }

    private static StageDefinition encoding() {
        return StageDefinition.of(Stage.ENCODING)
                .takes(EventType.ENCODING_REQUESTED)
                .gives(EventType.PROMPT_CONDITIONED)
                .requestedWith(PromptConditioned.class, spec -> spec.reference() != null, EncodingRequested::of)
                .queued()
                .pooled()
                .work(WorkUnits.pixels())
                .silence(OF_SHORT_WORK)
                .progressShare(2)
                .build();
    }

    private static StageDefinition denoising() {
        return StageDefinition.of(Stage.DENOISING)
                .takes(EventType.PROMPT_CONDITIONED)
                .gives(EventType.LATENTS_DENOISED)
                .queued()
                .pooled()
                .work(WorkUnits.denoisedPixels())
                .silence(LONGER_THAN_ANY_STEP)
                .progressShare(80)
                .build();
    }

    private static StageDefinition decoding() {
        return StageDefinition.of(Stage.DECODING)
                .takes(EventType.LATENTS_DENOISED)
                .gives(EventType.CLIP_DECODED)
                .queued()
                .pooled()
                .work(WorkUnits.pixels())
                .silence(LONGER_THAN_ANY_STEP)
                .progressShare(15)
                .build();
    }

    /** Without pools: its models are small beside those that pools are there for, and few jobs ask for it. */
    private static StageDefinition finishing() {
        return StageDefinition.of(Stage.FINISHING)
                .takes(EventType.FINISHING_REQUESTED)
                .gives(EventType.CLIP_DECODED)
                .requestedWith(ClipDecoded.class, JobSpec::asksForFinishing, FinishingRequested::of)
                .queued()
                .work(WorkUnits.finishedPixels())
                .silence(LONGER_THAN_ANY_STEP)
                .progressShare(15)
                .build();
    }
}
