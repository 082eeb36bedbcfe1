package dev.galatea.systemtests;

import java.time.Duration;
import java.util.List;

import dev.galatea.model.id.JobId;

/**
 * Kills several processes at the same moment, in the middle of denoising and after a checkpoint, and starts them again.
 * A broker that was killed counts deliveries from 1 again, so nothing but the checkpoint itself tells that there is
 * one.
 */
enum TogetherDrill implements Drill {
    /** A node dies with the broker and the worker that it runs. */
    NODE("kill-broker-and-denoiser", "SIGKILL broker, store and denoiser at once, and start them again") {
        @Override
        List<String> victims(Deployment deployment) {
            return List.of(Deployment.DENOISING, Deployment.EMBEDDED);
        }
    },
    /** The power of all nodes fails. */
    ALL("power-cut", "SIGKILL everything at once, and start it again") {
        @Override
        List<String> victims(Deployment deployment) throws Exception {
            return deployment.running();
        }
    };

    /** Longer than broker and services take to start on a slow machine. */
    private static final Duration RECOVERY = Duration.ofMinutes(3);

    private final String title;
    private final String description;

    TogetherDrill(String title, String description) {
        this.title = title;
        this.description = description;
    }

    abstract List<String> victims(Deployment deployment) throws Exception;

    @Override
    public String title() {
        return title;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public void run(DrillContext context) throws Exception {
        for (int i = 0; i < context.settings().kills(); i++) {
            JobId jobId = context.submit(i % DrillContext.VARIANTS);
            context.submit((i + 1) % DrillContext.VARIANTS);
            context.awaitCheckpoint(jobId);
            context.awaitStep(jobId, context.randomStep());
            context.require(context.open() > 0, "no job was under way: the drill showed nothing");
            context.struck(jobId, RECOVERY);
            context.deployment().kill(victims(context.deployment()));
            context.deployment().up();
            context.awaitEnds(context.fresh());
        }
    }
}
