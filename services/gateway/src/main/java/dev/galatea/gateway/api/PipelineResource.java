package dev.galatea.gateway.api;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.smallrye.common.annotation.Blocking;
import org.jspecify.annotations.Nullable;

import dev.galatea.events.Pools;
import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.jobs.Jobs;
import dev.galatea.gateway.jobs.ProgressLog;
import dev.galatea.gateway.jobs.WorkerSeen;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.Pool;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageState;
import dev.galatea.model.pipeline.StageDefinition;

/** The stages at work. */
@Path("/v1/pipeline")
@Blocking
public class PipelineResource {

    private static final int MAX_SHOWN = 50;
    private static final List<StageDefinition> STAGES =
            dev.galatea.model.pipeline.Pipeline.current().stages();
    private static final Comparator<Pool> BY_NAME = Comparator.comparing(Pool::name);

    private final Jobs jobs;
    private final ProgressLog progress;
    private final VideoLookup lookup;
    private final GatewayConfig config;
    private final Pools pools;

    @Inject
    PipelineResource(Jobs jobs, ProgressLog progress, VideoLookup lookup, GatewayConfig config, Pools pools) {
        this.jobs = jobs;
        this.progress = progress;
        this.lookup = lookup;
        this.config = config;
        this.pools = pools;
    }

    /**
     * The stages and the first of the open videos.
     *
     * @param open number of videos that wait or are being made
     * @param limit greatest number of such videos
     * @param videos the earliest submitted of these videos, at most 50
     * @param pace seconds per unit of a stage's work, by the model's name and then the stage's, as far as finished
     *     videos have shown it. The unit is a prompt for text-conditioning, a pixel of a frame in one run of the
     *     network for denoising (two runs per step with guidance), and a pixel of a frame for encoding, decoding and
     *     finishing
     */
    public record Pipeline(
            int open, int limit, List<StageView> stages, List<Video> videos, Map<String, Map<String, Double>> pace) {}

    /**
     * The numbers of videos that wait for a stage and are in it, and its workers.
     *
     * @param pools the same numbers for each pool of workers; absent if the stage has but one
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record StageView(
            String stage,
            int waiting,
            int running,
            List<WorkerView> workers,
            @Nullable List<PoolView> pools) {}

    /** The numbers of videos that wait for the workers of a pool, and are with them. */
    public record PoolView(String pool, int waiting, int running) {}

    /**
     * A worker that reported lately.
     *
     * @param videoId the video that it works on
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record WorkerView(
            String name, Instant seenAt, @Nullable String videoId) {}

    /** The stages with their queues and workers, and the videos in them. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Pipeline now() {
        List<JobState> open = jobs.open();
        Map<Stage, Map<Pool, int[]>> counts = new HashMap<>();
        for (JobState state : open) {
            Stage stage = stageOf(state);
            int[] count = counts.computeIfAbsent(stage, first -> new HashMap<>())
                    .computeIfAbsent(JobSpec.poolOf(state.spec()), first -> new int[2]);
            count[hasBegun(state, stage) ? 1 : 0]++;
        }
        List<StageView> stages = STAGES.stream()
                .map(stage -> view(stage, counts.getOrDefault(stage.stage(), Map.of())))
                .toList();
        List<Video> videos = open.stream()
                .limit(MAX_SHOWN)
                .map(state -> lookup.video(state, false))
                .toList();
        return new Pipeline(
                open.size(),
                config.maxOpenJobs(),
                stages,
                videos,
                jobs.remaining().secondsPerUnit());
    }

    private StageView view(StageDefinition definition, Map<Pool, int[]> counts) {
        Stage stage = definition.stage();
        List<PoolView> views = Stream.concat(
                        pools.all().stream(), counts.keySet().stream().sorted(BY_NAME))
                .map(definition::poolFor)
                .distinct()
                .map(pool -> view(pool, counts.getOrDefault(pool, new int[2])))
                .toList();
        return new StageView(
                stage.wireName(), sum(counts, 0), sum(counts, 1), workers(stage), views.size() > 1 ? views : null);
    }

    private static PoolView view(Pool pool, int[] count) {
        return new PoolView(pool.name(), count[0], count[1]);
    }

    private static int sum(Map<Pool, int[]> counts, int index) {
        return counts.values().stream().mapToInt(count -> count[index]).sum();
    }

    private List<WorkerView> workers(Stage stage) {
        return progress.workers().stream()
                .filter(worker -> worker.stage().equals(stage))
                .sorted(Comparator.comparing(WorkerSeen::name))
                .map(worker -> new WorkerView(
                        worker.name(),
                        worker.at(),
                        worker.jobId() == null ? null : worker.jobId().toString()))
                .toList();
    }

    /** The first stage that has not finished with a job. */
    private static Stage stageOf(JobState state) {
        Stage last = Stage.ADMISSION;
        for (StageDefinition definition :
                dev.galatea.model.pipeline.Pipeline.current().stagesOf(state.spec())) {
            last = definition.stage();
            if (!isFinished(state, last)) {
                break;
            }
        }
        return last;
    }

    private static boolean isFinished(JobState state, Stage stage) {
        return state.stages().stream().anyMatch(known -> known.stage().equals(stage) && known.finishedAt() != null);
    }

    private static boolean hasBegun(JobState state, Stage stage) {
        for (StageState known : state.stages()) {
            if (known.stage().equals(stage)) {
                return known.startedAt() != null;
            }
        }
        return false;
    }
}
