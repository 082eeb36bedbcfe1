package dev.galatea.systemtests;

import java.time.Duration;

import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;

/** Strikes the denoiser that has a job at a random step, while a second one stands by. */
enum DenoiserDrill implements Drill {
    /** It dies without a word. */
    KILL("kill-denoiser", "SIGKILL the denoiser that has the job, at a random step") {
        @Override
        void strike(DrillContext context, JobId jobId, String denoiser) throws Exception {
            context.struck(jobId, context.settings().lock().plus(AFTER_LOCK));
            context.deployment().kill(denoiser);
            context.awaitEnds(context.fresh());
            context.deployment().start(denoiser);
        }
    },
    /** It is asked to leave, as on a scale-down. */
    STOP("stop-denoiser", "SIGTERM the denoiser that has the job, at a random step") {
        @Override
        void strike(DrillContext context, JobId jobId, String denoiser) throws Exception {
            context.struck(jobId, AFTER_STOP);
            context.deployment().stop(denoiser);
            context.awaitEnds(context.fresh());
            context.deployment().start(denoiser);
        }
    },
    /** It sleeps until others have its job, then wakes up and believes that it still has it. */
    PAUSE("pause-denoiser", "SIGSTOP the denoiser that has the job for twice the lock time, then SIGCONT") {
        @Override
        void strike(DrillContext context, JobId jobId, String denoiser) throws Exception {
            context.struck(jobId, context.settings().lock().plus(AFTER_LOCK));
            context.deployment().signal(denoiser, "STOP");
            try {
                Thread.sleep(2 * context.settings().lock().toMillis());
            } finally {
                context.deployment().signal(denoiser, "CONT");
            }
            context.awaitEnds(context.fresh());
        }
    };

    private static final Duration AFTER_LOCK = Duration.ofSeconds(10);
    private static final Duration AFTER_STOP = Duration.ofSeconds(2);

    private final String title;
    private final String description;

    DenoiserDrill(String title, String description) {
        this.title = title;
        this.description = description;
    }

    abstract void strike(DrillContext context, JobId jobId, String denoiser) throws Exception;

    @Override
    public String title() {
        return title;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public int denoisers() {
        return 2;
    }

    @Override
    public void run(DrillContext context) throws Exception {
        for (int i = 0; i < context.settings().kills(); i++) {
            JobId jobId = context.submit(i % DrillContext.VARIANTS);
            context.awaitStep(jobId, context.randomStep());
            strike(context, jobId, holder(context, jobId));
        }
    }

    /** The worker that took the job last; processes are called as their workers. */
    private static String holder(DrillContext context, JobId jobId) {
        return context.log()
                .of(jobId)
                .flatMap(event -> event.progressOf(Stage.DENOISING, ProgressDetail.Started.class).stream())
                .map(Progress::worker)
                .reduce((first, second) -> second)
                .orElseThrow(() -> new DrillException("job " + jobId + ": nobody took it"));
    }
}
