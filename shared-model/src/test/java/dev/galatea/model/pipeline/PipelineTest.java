package dev.galatea.model.pipeline;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.galatea.model.event.ClipDecoded;
import dev.galatea.model.event.EncodingRequested;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.FinishingRequested;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class PipelineTest {

    private final Pipeline extended =
            Pipeline.VIDEO.insertAfter(Stage.DENOISING, Events.smoothing().build());

    @Test
    void shouldBeTheBuiltInOne_whenNothingIsAdded() {
        assertThat(Pipeline.current().stages()).isEqualTo(Pipeline.VIDEO.stages());
    }

    @Test
    void shouldPassJobsByOptionalStages() {
        assertThat(names(extended, null)).containsExactly(Stage.TEXT_CONDITIONING, Stage.DENOISING, Stage.DECODING);
        assertThat(names(extended, Events.TEXT))
                .containsExactly(Stage.TEXT_CONDITIONING, Stage.DENOISING, Stage.DECODING);
        assertThat(names(extended, Events.REFERENCE))
                .containsExactly(Stage.TEXT_CONDITIONING, Stage.ENCODING, Stage.DENOISING, Stage.DECODING);
        assertThat(names(extended, Events.LONG))
                .containsExactly(Stage.TEXT_CONDITIONING, Stage.DENOISING, Events.SMOOTHING, Stage.DECODING);
    }

    @Test
    void shouldRouteToTheNextStage_whenNoOptionalOneApplies() {
        PromptConditioned conditioned = Events.conditioned(Events.TEXT);
        LatentsDenoised denoised = Events.denoised(Events.TEXT);

        assertThat(extended.route(Stage.TEXT_CONDITIONING, conditioned)).isSameAs(conditioned);
        assertThat(extended.route(Stage.DENOISING, denoised)).isSameAs(denoised);
    }

    @Test
    void shouldRouteToTheOptionalStage_whenItApplies() {
        PromptConditioned conditioned = Events.conditioned(Events.REFERENCE);

        assertThat(extended.route(Stage.TEXT_CONDITIONING, conditioned))
                .isEqualTo(new EncodingRequested(
                        Events.JOB, Events.REFERENCE, conditioned.prompt(), conditioned.negativePrompt()));
        assertThat(extended.route(Stage.ENCODING, conditioned)).isSameAs(conditioned);
        assertThat(extended.route(Stage.DENOISING, Events.denoised(Events.LONG)))
                .isEqualTo(SmoothingRequested.of(Events.denoised(Events.LONG)));
        assertThat(extended.route(Events.SMOOTHING, Events.denoised(Events.LONG)))
                .isEqualTo(Events.denoised(Events.LONG));
    }

    @Test
    void shouldRouteThroughTwoOptionalStagesInARow() {
        Stage grading = new Stage("grading");
        Pipeline two = extended.insertAfter(
                Events.SMOOTHING,
                StageDefinition.of(grading)
                        .takes(EventType.ofStage("video.grading.requested.v1", GradingRequested.class))
                        .gives(EventType.LATENTS_DENOISED)
                        .requestedWith(LatentsDenoised.class, spec -> true, GradingRequested::new)
                        .build());

        assertThat(two.route(Stage.DENOISING, Events.denoised(Events.TEXT))).isInstanceOf(GradingRequested.class);
        assertThat(two.route(Stage.DENOISING, Events.denoised(Events.LONG))).isInstanceOf(SmoothingRequested.class);
        assertThat(two.route(Events.SMOOTHING, Events.denoised(Events.LONG))).isInstanceOf(GradingRequested.class);
        assertThat(two.giverOf(new GradingRequested(Events.denoised(Events.LONG))))
                .isEqualTo(Events.SMOOTHING);
        assertThat(two.giverOf(new GradingRequested(Events.denoised(Events.TEXT))))
                .isEqualTo(Stage.DENOISING);
        assertThat(two.giverOf(Events.denoised(Events.LONG))).isEqualTo(grading);
    }

    @Test
    void shouldRefuseToRoute_whenTheStageGivesSomethingElse() {
        assertThatThrownBy(() -> extended.route(Stage.DENOISING, Events.conditioned(Events.TEXT)))
                .hasMessage("stage denoising: made a PromptConditioned; valid is its output video.latents.denoised.v1");
        assertThatThrownBy(() -> extended.route(new Stage("carving"), Events.denoised(Events.TEXT)))
                .hasMessageContaining("stage: carving is not in the pipeline; valid are [text-conditioning, encoding,");
    }

    @Test
    void shouldKnowWhoGaveAnEventAndWhoTakesIt() {
        assertHandedOn(Events.accepted(Events.TEXT), Stage.ADMISSION, Stage.TEXT_CONDITIONING);
        assertHandedOn(Events.conditioned(Events.TEXT), Stage.TEXT_CONDITIONING, Stage.DENOISING);
        assertHandedOn(
                EncodingRequested.of(Events.conditioned(Events.REFERENCE)), Stage.TEXT_CONDITIONING, Stage.ENCODING);
        assertHandedOn(Events.conditioned(Events.REFERENCE), Stage.ENCODING, Stage.DENOISING);
        assertHandedOn(Events.denoised(Events.TEXT), Stage.DENOISING, Stage.DECODING);
        assertHandedOn(SmoothingRequested.of(Events.denoised(Events.LONG)), Stage.DENOISING, Events.SMOOTHING);
        assertHandedOn(Events.denoised(Events.LONG), Events.SMOOTHING, Stage.DECODING);
    }

    @Test
    void shouldEndWithDecoding_unlessTheJobAsksForMore() {
        ClipDecoded plain = Events.decoded(Events.TEXT);
        ClipDecoded finished = Events.decoded(Events.FINISHED);

        assertThat(names(Pipeline.VIDEO, Events.FINISHED)).endsWith(Stage.DECODING, Stage.FINISHING);
        assertThat(Pipeline.VIDEO.route(Stage.DECODING, plain)).isSameAs(plain);
        assertThat(Pipeline.VIDEO.giverOf(plain)).isEqualTo(Stage.DECODING);
        assertThat(Pipeline.VIDEO.route(Stage.DECODING, finished)).isEqualTo(FinishingRequested.of(finished));
        assertThat(Pipeline.VIDEO.giverOf(FinishingRequested.of(finished))).isEqualTo(Stage.DECODING);
        assertThat(Pipeline.VIDEO.takerOf(FinishingRequested.of(finished)))
                .contains(Pipeline.VIDEO.definition(Stage.FINISHING));
        assertThat(Pipeline.VIDEO.route(Stage.FINISHING, finished)).isSameAs(finished);
        assertThat(Pipeline.VIDEO.giverOf(finished)).isEqualTo(Stage.FINISHING);
        assertThat(Pipeline.VIDEO.takerOf(finished)).isEmpty();
        assertThat(Pipeline.VIDEO.workUnits(Stage.FINISHING, Events.FINISHED)).isEqualTo(4.0 * 64 * 64 * 99);
        assertThat(Pipeline.VIDEO.percent(Events.FINISHED, stage -> 1)).isEqualTo(100);
        assertThat(Pipeline.VIDEO.percentAt(Stage.FINISHING, 1)).isLessThan(100);
    }

    @Test
    void shouldListTheTypesOfAllEventsBetweenStages() {
        assertThat(extended.eventTypes())
                .containsExactly(
                        EventType.JOB_ACCEPTED,
                        EventType.PROMPT_CONDITIONED,
                        EventType.ENCODING_REQUESTED,
                        EventType.LATENTS_DENOISED,
                        Events.SMOOTHING_REQUESTED,
                        EventType.CLIP_DECODED,
                        EventType.FINISHING_REQUESTED);
    }

    @Test
    void shouldListWhatAStageMayPublish() {
        assertThat(extended.publishedBy(Stage.TEXT_CONDITIONING))
                .containsExactly(EventType.PROMPT_CONDITIONED, EventType.ENCODING_REQUESTED);
        assertThat(extended.publishedBy(Stage.ENCODING)).containsExactly(EventType.PROMPT_CONDITIONED);
        assertThat(extended.publishedBy(Stage.DENOISING))
                .containsExactly(EventType.LATENTS_DENOISED, Events.SMOOTHING_REQUESTED);
        assertThat(extended.publishedBy(Stage.DECODING))
                .containsExactly(EventType.CLIP_DECODED, EventType.FINISHING_REQUESTED);
        assertThat(extended.publishedBy(Stage.FINISHING)).containsExactly(EventType.CLIP_DECODED);
    }

    @Test
    void shouldOrderStages_admissionFirstAndUnknownOnesLast() {
        List<Stage> some = new ArrayList<>(
                List.of(new Stage("zooming"), Stage.DECODING, new Stage("carving"), Events.SMOOTHING, Stage.ADMISSION));

        some.sort(extended.order());

        assertThat(some)
                .containsExactly(
                        Stage.ADMISSION, Events.SMOOTHING, Stage.DECODING, new Stage("carving"), new Stage("zooming"));
    }

    @Test
    void shouldAddUpProgress() {
        assertThat(Pipeline.VIDEO.percent(Events.REFERENCE, stage -> 1)).isEqualTo(100);
        assertThat(Pipeline.VIDEO.percent(Events.TEXT, stage -> stage.equals(Stage.DENOISING) ? 0.5 : 0))
                .isEqualTo(40);
        assertThat(Pipeline.VIDEO.percentAt(Stage.DENOISING, 0.5)).isEqualTo(43);
        assertThat(Pipeline.VIDEO.percentAt(Stage.ENCODING, 1)).isEqualTo(5);
        assertThat(Pipeline.VIDEO.percentAt(Stage.ADMISSION, 1)).isZero();
    }

    @Test
    void shouldNeverPassAHundredPercent_whenAddedStagesClaimMore() {
        Pipeline greedy = Pipeline.VIDEO.insertAfter(
                Stage.DENOISING, Events.smoothing().progressShare(50).build());

        assertThat(greedy.percent(Events.LONG, stage -> 1)).isEqualTo(100);
        assertThat(greedy.percent(Events.LONG, stage -> stage.equals(Events.SMOOTHING) ? 1 : 0))
                .isEqualTo(50 * 100.0 / 148, within(1e-9));
        assertThat(greedy.percent(Events.TEXT, stage -> stage.equals(Stage.DENOISING) ? 1 : 0))
                .isEqualTo(80);
    }

    @Test
    void shouldBoundMetricsLabelsAndUnits_whenAStageIsNotKnown() {
        assertThat(extended.metricsLabel(Events.SMOOTHING)).isEqualTo("smoothing");
        assertThat(extended.metricsLabel(Stage.ADMISSION)).isEqualTo("admission");
        assertThat(extended.metricsLabel(new Stage("carving"))).isEqualTo("other");
        assertThat(extended.workUnits(new Stage("carving"), Events.TEXT)).isEqualTo(1);
    }

    private void assertHandedOn(StageEvent event, Stage giver, Stage taker) {
        assertThat(extended.giverOf(event)).isEqualTo(giver);
        assertThat(extended.takerOf(event).orElseThrow().stage()).isEqualTo(taker);
    }

    private static List<Stage> names(Pipeline pipeline, JobSpec spec) {
        return pipeline.stagesOf(spec).stream().map(StageDefinition::stage).toList();
    }

    /** The request of a second stage in a row. */
    private record GradingRequested(LatentsDenoised latents) implements StageEvent {

        @Override
        public dev.galatea.model.id.JobId jobId() {
            return latents.jobId();
        }

        @Override
        public JobSpec spec() {
            return latents.spec();
        }
    }
}
