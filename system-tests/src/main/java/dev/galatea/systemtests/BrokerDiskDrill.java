package dev.galatea.systemtests;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

import dev.galatea.model.id.JobId;

/**
 * The broker's disk has no room left. A broker that can't write its only log directory ends (KIP-112), here together
 * with the store that runs in its process; once there is room it is started again, as its supervisor would.
 */
final class BrokerDiskDrill implements Drill {

    /** Longer than it takes until somebody wants something written. */
    private static final Duration END_LIMIT = Duration.ofMinutes(1);

    @Override
    public String title() {
        return "broker-disk-full";
    }

    @Override
    public String description() {
        return "the broker's disk has no room left, so that it ends; start it again with room";
    }

    @Override
    public Optional<String> obstacle(DrillContext context) {
        return context.brokerDisk().obstacle();
    }

    @Override
    public void run(DrillContext context) throws Exception {
        JobId first = context.submit(0);
        context.submitSome(DrillContext.VARIANTS - 1);
        context.awaitStep(first, context.randomStep());
        long open = context.open();
        Deployment deployment = context.deployment();
        boolean ended;
        try {
            context.brokerDisk().fill();
            ended = deployment.awaitEnd(Deployment.EMBEDDED, END_LIMIT);
        } finally {
            context.brokerDisk().free();
        }
        context.require(ended, "the broker went on without room for its logs: the drill showed nothing");
        long start = System.nanoTime();
        deployment.start(Deployment.EMBEDDED);
        context.awaitEnds(context.fresh());
        context.figure(String.format(
                Locale.ROOT,
                "%d jobs under way when the disk was full; all ended %.1f s after the broker had room again",
                open,
                (System.nanoTime() - start) / 1e9));
        context.require(open > 0, "no job was under way: the drill showed nothing");
    }
}
