package dev.galatea.systemtests;

import java.util.ArrayList;
import java.util.List;

import dev.galatea.model.id.JobId;

/** One denoiser, then three, then one again, and each of the other services restarted in order, while jobs run. */
final class RollingDrill implements Drill {

    private static final int JOBS = 6;

    @Override
    public String title() {
        return "rolling";
    }

    @Override
    public String description() {
        return "scale denoisers 1 to 3 to 1 and restart the other services in order, under load";
    }

    @Override
    public void run(DrillContext context) throws Exception {
        Deployment deployment = context.deployment();
        List<JobId> jobs = new ArrayList<>(context.submitSome(JOBS));
        deployment.denoisers(3);
        for (String service : List.of(Deployment.JOB_TRACKING, "text-conditioning", Deployment.DECODING, "gateway")) {
            deployment.stop(service);
            deployment.start(service);
        }
        jobs.addAll(context.submitSome(JOBS / 2));
        deployment.denoisers(1);
        context.awaitEnds(jobs);
    }
}
