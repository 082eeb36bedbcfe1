package dev.galatea.standalone.drill;

import java.util.List;
import java.util.Optional;

/** All drills, the ones that leave the least behind first. */
final class Drills {

    static final List<Drill> ALL = List.of(
            DenoiserDrill.KILL,
            DenoiserDrill.STOP,
            DenoiserDrill.PAUSE,
            new CheckpointDrill(),
            new CancelDrill(),
            new DuplicatesDrill(),
            new PoisonDrill(),
            new StoreDrill("store-down", StoreProxy.Mode.DOWN, "the store refuses connections for a while"),
            new StoreDrill("store-slow", StoreProxy.Mode.SLOW, "the store answers slowly for a while"),
            new StoreDrill("store-errors", StoreProxy.Mode.ERRORS, "the store answers 503 for a while"),
            new StoreDrill("store-cut", StoreProxy.Mode.CUT, "the store's answers break off for a while"),
            ServiceKillDrill.DECODING,
            ServiceKillDrill.TEXT_CONDITIONING,
            ServiceKillDrill.JOB_TRACKING,
            ServiceKillDrill.BROKER,
            new RollingDrill());

    private Drills() {}

    static Optional<Drill> named(String name) {
        return ALL.stream().filter(drill -> drill.title().equals(name)).findFirst();
    }
}
