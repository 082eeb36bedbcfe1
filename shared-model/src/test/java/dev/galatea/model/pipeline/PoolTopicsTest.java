package dev.galatea.model.pipeline;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.event.EncodingRequested;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.Pool;
import dev.galatea.model.event.Stage;

import static org.assertj.core.api.Assertions.assertThat;

/** Topics and groups of pools follow from the pipeline, and those without a pool are what they were. */
class PoolTopicsTest {

    private static final Pool LARGE = new Pool("wan-14b");

    private final Pipeline pipeline = Pipeline.VIDEO;
    private final JobSpec text = Events.TEXT.withPool(LARGE);
    private final JobSpec reference = Events.REFERENCE.withPool(LARGE);

    @Test
    void shouldDivideTheStagesThatLoadModelsOnCards() {
        assertThat(pipeline.stages().stream().filter(StageDefinition::isPooled).map(StageDefinition::stage))
                .containsExactly(Stage.ENCODING, Stage.DENOISING, Stage.DECODING);
    }

    @Test
    void shouldAddThePoolToTopicsAndGroups() {
        StageDefinition denoising = pipeline.definition(Stage.DENOISING);
        assertThat(denoising.topic(LARGE)).isEqualTo("video.prompt.conditioned.v1.wan-14b");
        assertThat(denoising.group(LARGE)).isEqualTo("galatea-denoising-wan-14b");
        assertThat(denoising.topic(Pool.DEFAULT)).isEqualTo("video.prompt.conditioned.v1");
        assertThat(denoising.group(Pool.DEFAULT)).isEqualTo("galatea-denoising");

        StageDefinition text = pipeline.definition(Stage.TEXT_CONDITIONING);
        assertThat(text.topic(LARGE)).isEqualTo("video.job.accepted.v1");
        assertThat(text.group(LARGE)).isEqualTo("galatea-text-conditioning");
    }

    @Test
    void shouldSendEachEventToThePoolOfItsJob() {
        assertThat(pipeline.topicOf(Events.accepted(text))).isEqualTo("video.job.accepted.v1");
        assertThat(pipeline.topicOf(EncodingRequested.of(Events.conditioned(reference))))
                .isEqualTo("video.encoding.requested.v1.wan-14b");
        assertThat(pipeline.topicOf(Events.conditioned(text))).isEqualTo("video.prompt.conditioned.v1.wan-14b");
        assertThat(pipeline.topicOf(Events.denoised(text))).isEqualTo("video.latents.denoised.v1.wan-14b");
        assertThat(pipeline.topicOf(Events.denoised(Events.TEXT))).isEqualTo("video.latents.denoised.v1");
    }

    @Test
    void shouldSendToAStageWithoutPools_whateverTheJobsPool() {
        Pipeline extended =
                pipeline.insertAfter(Stage.DENOISING, Events.smoothing().build());

        assertThat(extended.topicOf(SmoothingRequested.of(Events.denoised(Events.LONG.withPool(LARGE)))))
                .isEqualTo(Events.SMOOTHING_REQUESTED.topic());
    }

    @Test
    void shouldTellTypeAndStageOfAPoolsTopic() {
        assertThat(pipeline.typeOf("video.prompt.conditioned.v1.wan-14b")).contains(EventType.PROMPT_CONDITIONED);
        assertThat(pipeline.typeOf("video.progress.v1")).contains(EventType.PROGRESS);
        assertThat(pipeline.stageTaking("video.latents.denoised.v1.wan-14b"))
                .contains(pipeline.definition(Stage.DECODING));
        assertThat(pipeline.definition(Stage.DECODING).poolOf("video.latents.denoised.v1.wan-14b"))
                .contains(LARGE);
        assertThat(pipeline.definition(Stage.DECODING).poolOf("video.latents.denoised.v1"))
                .contains(Pool.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "video.job.accepted.v1.wan-14b",
                "video.progress.v1.wan-14b",
                "video.prompt.conditioned.v1.",
                "video.prompt.conditioned.v1.Wan",
                "video.prompt.conditioned.v1.a.b",
                "video.prompt.conditioned.v1.default",
                "video.prompt.conditioned.v1x",
                "other"
            })
    void shouldKnowNoOtherTopics(String topic) {
        assertThat(pipeline.typeOf(topic)).isEmpty();
    }

    @Test
    void shouldListTheTopicsOfAType() {
        List<Pool> pools = List.of(Pool.DEFAULT, LARGE, new Pool("ltx"));

        assertThat(pipeline.topicsOf(EventType.LATENTS_DENOISED, pools))
                .containsExactly(
                        "video.latents.denoised.v1",
                        "video.latents.denoised.v1.wan-14b",
                        "video.latents.denoised.v1.ltx");
        assertThat(pipeline.topicsOf(EventType.JOB_ACCEPTED, pools)).containsExactly("video.job.accepted.v1");
        assertThat(pipeline.topicsOf(EventType.CLIP_DECODED, pools)).containsExactly("video.clip.decoded.v1");
        assertThat(pipeline.topicsOf(EventType.LATENTS_DENOISED, List.of(Pool.DEFAULT)))
                .containsExactly("video.latents.denoised.v1");
    }
}
