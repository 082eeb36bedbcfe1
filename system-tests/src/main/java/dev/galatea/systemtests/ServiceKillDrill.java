package dev.galatea.systemtests;

import java.util.Locale;
import java.util.function.Predicate;

import dev.galatea.model.event.EventType;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;

/** Kills a process while jobs are on their way and it has something to do, and starts it again. */
enum ServiceKillDrill implements Drill {
    DECODING("kill-decoding", Deployment.DECODING, event -> event.progress(Stage.DECODING, ProgressDetail.Started.class)
            .isPresent()),
    TEXT_CONDITIONING(
            "kill-conditioning", "text-conditioning", event -> event.topic().equals(EventType.JOB_ACCEPTED.topic())),
    JOB_TRACKING("kill-job-tracking", Deployment.JOB_TRACKING, event -> event.progress(
                    Stage.DENOISING, ProgressDetail.Step.class)
            .isPresent()),
    BROKER("kill-broker", Deployment.EMBEDDED, event -> event.progress(Stage.DENOISING, ProgressDetail.Step.class)
            .isPresent());

    private static final int LONGEST_WAIT_MS = 200;

    private final String title;
    private final String process;
    private final Predicate<ObservedEvent> busy;

    ServiceKillDrill(String title, String process, Predicate<ObservedEvent> busy) {
        this.title = title;
        this.process = process;
        this.busy = busy;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public String description() {
        return "SIGKILL the process '" + process + "' under load, and start it again";
    }

    @Override
    public void run(DrillContext context) throws Exception {
        JobId first = context.submitSome(DrillContext.VARIANTS).get(0);
        context.log().await(first, "sign that " + process + " is at work", busy, DrillContext.LIMIT);
        Thread.sleep(context.random().nextInt(LONGEST_WAIT_MS));
        long open = context.open();
        context.deployment().kill(process);
        long start = System.nanoTime();
        context.deployment().start(process);
        double started = (System.nanoTime() - start) / 1e9;
        if (this != BROKER) {
            context.submit(0);
        }
        context.awaitEnds(context.fresh());
        context.figure(String.format(
                Locale.ROOT,
                "%d jobs under way when it died; started again after %.1f s, all ended after %.1f s",
                open,
                started,
                (System.nanoTime() - start) / 1e9));
        context.require(open > 0, "no job was under way: the drill showed nothing");
    }
}
