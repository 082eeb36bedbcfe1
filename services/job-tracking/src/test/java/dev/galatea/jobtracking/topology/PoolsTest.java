package dev.galatea.jobtracking.topology;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.jobtracking.Fixtures;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.Pool;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;
import dev.galatea.model.pipeline.BundlePools;

import static dev.galatea.jobtracking.Fixtures.Prompts.prompt;
import static dev.galatea.jobtracking.Fixtures.conditioned;
import static dev.galatea.jobtracking.Fixtures.decoded;
import static dev.galatea.jobtracking.Fixtures.denoised;
import static dev.galatea.jobtracking.Fixtures.progress;
import static org.assertj.core.api.Assertions.assertThat;

/** Jobs of two pools: each gets its events from its own topics, and its retries go there. */
class PoolsTest {

    private static final Duration OVERDUE = Duration.ofMinutes(62);
    private static final Pool LARGE = new Pool("large");
    private static final BundlePools POOLS = BundlePools.of(Map.of("large", List.of("boulder*")));
    private static final String CONDITIONED = EventType.PROMPT_CONDITIONED.topic();

    @TempDir
    Path stateDir;

    private Harness harness;

    @AfterEach
    void stop() {
        harness.close();
    }

    @Test
    void shouldPutJobsIntoThePoolOfTheirBundle() {
        harness = new Harness(stateDir, POOLS, POOLS);

        assertThat(accept("boulder").pool()).isEqualTo(LARGE);
        assertThat(accept("pebble").pool()).isNull();
        assertThat(accept(null).pool()).isNull();
    }

    @Test
    void shouldFollowJobsOfBothPoolsToTheirEnds() {
        harness = new Harness(stateDir, POOLS, POOLS);
        for (String model : List.of("boulder", "pebble")) {
            JobId job = submit(model);
            JobSpec spec = accepted();
            harness.send(conditioned(job, spec));
            harness.send(denoised(job, spec));
            harness.send(decoded(job, spec));

            assertThat(finished()).extracting(VideoFinished::status).containsExactly(JobStatus.COMPLETED);
            assertThat(harness.jobs().get(job.toString()).stages())
                    .extracting(stage -> stage.stage().wireName())
                    .containsExactly("text-conditioning", "denoising", "decoding");
        }
    }

    @Test
    void shouldPublishTheInputAgainToItsOwnPool() {
        harness = new Harness(stateDir, POOLS, POOLS);
        JobId job = submit("boulder");
        JobSpec spec = accepted();
        JobId other = submit("pebble");
        JobSpec otherSpec = accepted();
        beginDenoising(job, spec);
        beginDenoising(other, otherSpec);
        harness.advance(OVERDUE);

        assertThat(harness.drain(CONDITIONED + ".large", PromptConditioned.class))
                .containsExactly(conditioned(job, spec));
        assertThat(harness.drain(CONDITIONED, PromptConditioned.class)).containsExactly(conditioned(other, otherSpec));
    }

    @Test
    void shouldStopWorkersOfAnyPool_whenTheJobIsCancelled() {
        harness = new Harness(stateDir, POOLS, POOLS);
        JobId job = submit("boulder");
        beginDenoising(job, accepted());
        harness.send(JobCommand.cancel(job, "changed my mind", Fixtures.NOON));

        assertThat(finished()).extracting(VideoFinished::status).containsExactly(JobStatus.CANCELLED);
    }

    @Test
    void shouldExpireAJob_whosePoolIsNoLongerInTheConfiguration() {
        harness = new Harness(stateDir, POOLS, BundlePools.NONE);
        JobId job = submit("boulder");
        JobSpec spec = accepted();
        sendTo(CONDITIONED, conditioned(job, spec));
        harness.send(progress(job, Stage.DENOISING, 2, new ProgressDetail.Started(1)));
        harness.advance(OVERDUE);

        assertThat(finished()).extracting(VideoFinished::status).containsExactly(JobStatus.EXPIRED);
        JobId next = submit("pebble");
        assertThat(next).as("the stream goes on").isNotEqualTo(job);
        assertThat(accepted().model()).isEqualTo("pebble");
    }

    @Test
    void shouldHaveNoTopicMore_withoutPools() {
        harness = new Harness(stateDir);
        TrackedTopics without = new TrackedTopics(Harness.CONFIG.applicationId(), BundlePools.NONE.all());
        TrackedTopics with = new TrackedTopics(Harness.CONFIG.applicationId(), POOLS.all());

        assertThat(without.inputs()).noneMatch(topic -> topic.contains(".v1."));
        assertThat(without.sinks()).noneMatch(topic -> topic.contains(".v1."));
        assertThat(with.inputs())
                .containsAll(without.inputs())
                .hasSize(without.inputs().size() + 3)
                .contains(
                        "video.encoding.requested.v1.large",
                        "video.prompt.conditioned.v1.large",
                        "video.latents.denoised.v1.large");
        assertThat(with.sinks()).hasSize(without.sinks().size() + 3);
        assertThat(with.typeOf("video.latents.denoised.v1.large")).isEqualTo(EventType.LATENTS_DENOISED);
    }

    private JobSpec accept(String model) {
        submit(model);
        return accepted();
    }

    private JobId submit(String model) {
        PromptSubmitted prompt = prompt().model(model).build();
        harness.send(prompt);
        return prompt.jobId();
    }

    private JobSpec accepted() {
        return harness.drain(EventType.JOB_ACCEPTED, JobAccepted.class).get(0).spec();
    }

    private void beginDenoising(JobId job, JobSpec spec) {
        harness.send(conditioned(job, spec));
        harness.send(progress(job, Stage.DENOISING, 2, new ProgressDetail.Started(1)));
    }

    private void sendTo(String topic, Event event) {
        CloudEvent cloudEvent = new CloudEvent(UUID.randomUUID(), "/test", Fixtures.NOON, event);
        RecordHeaders headers = new RecordHeaders();
        cloudEvent.headers().forEach(headers::add);
        harness.send(topic, cloudEvent.key(), cloudEvent.payload(), headers, Fixtures.NOON);
    }

    private List<VideoFinished> finished() {
        return harness.drain(EventType.VIDEO_FINISHED, VideoFinished.class);
    }
}
