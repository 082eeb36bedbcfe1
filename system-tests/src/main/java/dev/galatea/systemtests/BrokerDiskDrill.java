package dev.galatea.systemtests;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

import dev.galatea.model.id.JobId;

/**
 * The broker's disk has no room left. A broker that can't write its only log directory ends (KIP-112), here together with
 * the store that runs in its process; once there is room it is started again, as its supervisor would.
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
    public Optional<String> obstacle(Scene scene) {
        return scene.brokerDisk().obstacle();
    }

    @Override
    public void run(Scene scene) throws Exception {
        JobId first = scene.submit(0);
        scene.submitSome(Scene.VARIANTS - 1);
        scene.awaitStep(first, scene.randomStep());
        long open = scene.open();
        Deployment deployment = scene.deployment();
        boolean ended;
        try {
            scene.brokerDisk().fill();
            ended = deployment.awaitEnd(Deployment.EMBEDDED, END_LIMIT);
        } finally {
            scene.brokerDisk().free();
        }
        scene.require(ended, "the broker went on without room for its logs: the drill showed nothing");
        long start = System.nanoTime();
        deployment.start(Deployment.EMBEDDED);
        scene.awaitEnds(scene.fresh());
        scene.figure(String.format(
                Locale.ROOT,
                "%d jobs under way when the disk was full; all ended %.1f s after the broker had room again",
                open,
                (System.nanoTime() - start) / 1e9));
        scene.require(open > 0, "no job was under way: the drill showed nothing");
    }
}
