package dev.galatea.model.pipeline;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.galatea.model.event.ClipDecoded;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.Stage;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PipelineRulesTest {

    @Test
    void shouldRefuseANameThatIsTaken() {
        StageDefinition again = definition("denoising", EventType.CLIP_DECODED, EventType.CLIP_DECODED)
                .build();

        assertRefused(
                () -> Pipeline.VIDEO.insertAfter(Stage.DECODING, again),
                "stage denoising: the name is taken; valid is one of its own");
        assertRefused(
                () -> Pipeline.of(List.of(definition("admission", EventType.JOB_ACCEPTED, EventType.CLIP_DECODED)
                        .build())),
                "stage admission: the name is taken; valid is one of its own");
    }

    @Test
    void shouldRefuseAnInputThatNobodyGives() {
        StageDefinition lost = definition("decoding", EventType.LATENTS_DENOISED, EventType.CLIP_DECODED)
                .build();

        assertRefused(
                () -> Pipeline.of(List.of(lost)),
                "stage decoding: takes video.latents.denoised.v1, which the stage before it, admission, does not give;"
                        + " valid is video.job.accepted.v1, or a request of its own (requestedWith)");
    }

    @Test
    void shouldRefuseAStageThatTakesWhatItGives() {
        StageDefinition loop = definition("smoothing", EventType.LATENTS_DENOISED, EventType.LATENTS_DENOISED)
                .build();

        assertRefused(
                () -> Pipeline.VIDEO.insertAfter(Stage.DENOISING, loop),
                "stage smoothing: gives video.latents.denoised.v1, which goes between stages before it;"
                        + " valid is an event type of its own");
    }

    @Test
    void shouldRefuseARequestThatAnotherStageTakes() {
        StageDefinition thief = definition("smoothing", EventType.LATENTS_DENOISED, EventType.LATENTS_DENOISED)
                .requestedWith(LatentsDenoised.class, spec -> true, latents -> latents)
                .build();

        assertRefused(
                () -> Pipeline.VIDEO.insertAfter(Stage.DENOISING, thief),
                "stage smoothing: takes video.latents.denoised.v1, which goes between stages before it;"
                        + " valid is an event type of its own");
    }

    @Test
    void shouldRefuseAnOptionalStageThatIsRequestedWithSomethingElse() {
        StageDefinition misplaced = Events.smoothing().build();

        assertRefused(
                () -> Pipeline.VIDEO.insertAfter(Stage.TEXT_CONDITIONING, misplaced),
                "stage smoothing: is requested with LatentsDenoised, but the stage before it, text-conditioning, gives"
                        + " PromptConditioned; valid is the latter");
    }

    @Test
    void shouldRefuseAnOptionalStageThatGivesSomethingElse() {
        StageDefinition greedy =
                Events.smoothing().gives(EventType.CLIP_DECODED).build();

        assertRefused(
                () -> Pipeline.VIDEO.insertAfter(Stage.DENOISING, greedy),
                "stage smoothing: gives video.clip.decoded.v1, but a stage that jobs may not pass must give what it was"
                        + " requested with; valid is video.latents.denoised.v1");
    }

    @Test
    void shouldRefuseAnOptionalStageBeforeAllOthers() {
        StageDefinition first = Events.smoothing()
                .requestedWith(PromptConditioned.class, spec -> true, conditioned -> conditioned)
                .build();

        assertRefused(
                () -> Pipeline.VIDEO.insertBefore(Stage.TEXT_CONDITIONING, first),
                "stage smoothing: is optional and first; valid is one that every job passes, before it");
    }

    @Test
    void shouldRefuseAnEndWithoutClip() {
        assertRefused(
                () -> Pipeline.of(Pipeline.VIDEO.stages().subList(0, 3)),
                "pipeline: ends with video.latents.denoised.v1, given by denoising; valid is video.clip.decoded.v1,"
                        + " which completes a job");
    }

    @Test
    void shouldRefuseEventsThatDontHandAJobOn() {
        StageDefinition odd =
                definition("odd", EventType.JOB_ACCEPTED, EventType.PROGRESS).build();

        assertRefused(
                () -> Pipeline.of(List.of(odd)),
                "stage odd: gives video.progress.v1, whose record Progress is no StageEvent; valid is one that is");
    }

    @Test
    void shouldRefuseADefinitionThatIsIncomplete() {
        StageDefinition.Builder builder = StageDefinition.of(new Stage("odd"));

        assertRefused(builder::build, "stage odd: has no input; valid is an event type, given with takes");
        assertRefused(
                builder.takes(EventType.JOB_ACCEPTED)::build,
                "stage odd: has no output; valid is an event type, given with gives");
        builder.gives(EventType.CLIP_DECODED);
        assertRefused(
                builder.progressShare(101)::build, "stage odd: progressShare is 101.0; valid are 0 to 100 (percent)");
        assertRefused(
                builder.progressShare(1).silence(Duration.ZERO)::build,
                "stage odd: silence is PT0S; valid are durations over zero");
    }

    @Test
    void shouldRefuseTopicsThatAreNone() {
        assertThatThrownBy(() -> EventType.ofStage("Video Decoded", ClipDecoded.class))
                .hasMessage("topic: 'Video Decoded' is not the name of an event type; valid is video.<words>.v<number>,"
                        + " such as video.upscaling.requested.v1");
    }

    private static StageDefinition.Builder definition(String name, EventType input, EventType output) {
        return StageDefinition.of(new Stage(name)).takes(input).gives(output);
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(PipelineException.class).hasMessage(message);
    }
}
