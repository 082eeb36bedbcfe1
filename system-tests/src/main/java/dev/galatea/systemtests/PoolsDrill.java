package dev.galatea.systemtests;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;

/**
 * Jobs of two pools. While one pool has no worker, the other's jobs end and its own wait; when its denoiser comes, is
 * killed with a job and comes again, nothing is lost, and the other pool goes on meanwhile.
 */
final class PoolsDrill implements Drill {

    private static final String DENOISER = Deployment.DENOISING + "-2";
    private static final String DECODER = Deployment.DECODING + "-2";
    private static final int JOBS = 2;

    @Override
    public String title() {
        return "pools";
    }

    @Override
    public String description() {
        return "two pools: one goes on while the other has no worker, and while its denoiser is killed";
    }

    @Override
    public void run(DrillContext context) throws Exception {
        Deployment deployment = context.deployment();
        List<JobId> pooled = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            pooled.add(context.submitToPool(i));
        }
        List<JobId> others = new ArrayList<>(context.submitSome(DrillContext.VARIANTS));
        context.awaitEnds(others);
        context.require(
                context.open() == JOBS, "jobs of a pool without workers: " + context.open() + " wait, not " + JOBS);

        long start = System.nanoTime();
        startWorkers(deployment);
        context.awaitStep(pooled.get(0), context.randomStep());
        deployment.kill(DENOISER);
        JobId meanwhile = context.submit(0);
        others.add(meanwhile);
        context.awaitEnds(List.of(meanwhile));
        deployment.start(DENOISER, pool(Stage.DENOISING));
        context.awaitEnds(pooled);
        context.figure(String.format(
                Locale.ROOT,
                "%d jobs waited for their pool, and ended %.1f s after its first worker came",
                JOBS,
                (System.nanoTime() - start) / 1e9));

        requireApart(context, pooled, others);
        deployment.stop(DENOISER);
        deployment.stop(DECODER);
    }

    private static void startWorkers(Deployment deployment) throws Exception {
        deployment.start(DECODER, pool(Stage.DECODING));
        deployment.start(DENOISER, pool(Stage.DENOISING));
    }

    private static Map<String, String> pool(Stage stage) {
        return Map.of("GALATEA_" + stage.wireName().toUpperCase(Locale.ROOT) + "_POOL", DrillBundles.POOL.name());
    }

    private static void requireApart(DrillContext context, List<JobId> pooled, List<JobId> others) {
        Set<String> ours = workers(context, pooled);
        context.require(
                ours.equals(Set.of(DENOISER, DECODER)), "the pool's jobs were with " + ours + ", not its workers");
        Set<String> theirs = workers(context, others);
        context.require(
                !theirs.contains(DENOISER) && !theirs.contains(DECODER),
                "other jobs were with the pool's workers: " + theirs);
    }

    /** The denoisers and decoders that took jobs. */
    private static Set<String> workers(DrillContext context, List<JobId> jobs) {
        return jobs.stream()
                .flatMap(context.log()::of)
                .flatMap(event -> List.of(Stage.DENOISING, Stage.DECODING).stream()
                        .flatMap(stage -> event.progressOf(stage, ProgressDetail.Started.class).stream()))
                .map(Progress::worker)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
