package dev.galatea.systemtests;

import java.util.List;
import java.util.Optional;

/** All drills, the ones that leave the least behind first. */
final class Drills {

    /** One that needs a disk of its own; see {@link SmallDisk}. */
    static final Drill DISK_FULL =
            new StoreDrill("disk-full", "the store's disk has no room left for a while", new FullDisk());

    /** The other one. */
    static final Drill BROKER_DISK_FULL = new BrokerDiskDrill();

    static final List<Drill> ALL = List.of(
            DenoiserDrill.KILL,
            DenoiserDrill.STOP,
            DenoiserDrill.PAUSE,
            new CheckpointDrill(),
            new CancelDrill(),
            new DuplicatesDrill(),
            new PoisonDrill(),
            new StoreDrill(
                    "store-down", "the store refuses connections for a while", new ProxyFault(StoreProxy.Mode.DOWN)),
            new StoreDrill("store-slow", "the store answers slowly for a while", new ProxyFault(StoreProxy.Mode.SLOW)),
            new StoreDrill("store-errors", "the store answers 503 for a while", new ProxyFault(StoreProxy.Mode.ERRORS)),
            new StoreDrill(
                    "store-cut", "the store's answers break off for a while", new ProxyFault(StoreProxy.Mode.CUT)),
            DISK_FULL,
            BROKER_DISK_FULL,
            ServiceKillDrill.DECODING,
            ServiceKillDrill.TEXT_CONDITIONING,
            ServiceKillDrill.JOB_TRACKING,
            ServiceKillDrill.BROKER,
            TogetherDrill.NODE,
            TogetherDrill.ALL,
            new LeadershipDrill(),
            new RollingDrill(),
            new PoolsDrill(),
            new AutoscaleDrill());

    private Drills() {}

    static Optional<Drill> named(String name) {
        return ALL.stream().filter(drill -> drill.title().equals(name)).findFirst();
    }
}
