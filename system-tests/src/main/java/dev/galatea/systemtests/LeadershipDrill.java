package dev.galatea.systemtests;

import java.time.Duration;
import java.util.Locale;

import dev.galatea.model.id.JobId;

/**
 * The leadership of every partition, those of share groups, offsets and transactions among them, moves to another
 * broker while the denoiser that has the job is killed, and back at the next kill. The new leader counts deliveries
 * from what the share coordinator stored.
 */
final class LeadershipDrill implements Drill {

    private static final Duration RECOVERY = Duration.ofMinutes(3);

    @Override
    public String title() {
        return "move-leaders";
    }

    @Override
    public String description() {
        return "SIGKILL the denoiser that has the job while all partitions move to another broker, and back";
    }

    @Override
    public void run(DrillContext context) throws Exception {
        Deployment deployment = context.deployment();
        try (SecondBroker brokers = SecondBroker.start(context.settings(), deployment)) {
            int leader = SecondBroker.FIRST;
            for (int i = 0; i < context.settings().kills(); i++) {
                leader = SecondBroker.FIRST + SecondBroker.SECOND - leader;
                JobId jobId = context.submit(i % DrillContext.VARIANTS);
                context.submit((i + 1) % DrillContext.VARIANTS);
                context.awaitCheckpoint(jobId);
                context.awaitStep(jobId, context.randomStep());
                context.struck(jobId, RECOVERY);
                deployment.kill(Deployment.DENOISING);
                long start = System.nanoTime();
                int moved = brokers.moveAll(leader);
                context.figure(String.format(
                        Locale.ROOT, "%d partitions moved in %.1f s", moved, (System.nanoTime() - start) / 1e9));
                deployment.start(Deployment.DENOISING);
                context.awaitEnds(context.fresh());
            }
            if (leader != SecondBroker.FIRST) {
                brokers.moveAll(SecondBroker.FIRST);
            }
        }
    }
}
