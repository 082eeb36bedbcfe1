package dev.galatea.systemtests;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import dev.galatea.embedded.PrivateFiles;

/** Runs drills one after the other on one deployment, and audits after each. */
public final class DrillRunner {

    /** More than the objects or logs of all drills, and soon filled. */
    private static final int DISK_MEBIBYTES = 96;

    private final DrillSettings settings;
    private final Consumer<String> console;

    /** @param console gets a line for whatever people should see while drills run */
    public DrillRunner(DrillSettings settings, Consumer<String> console) {
        this.settings = settings;
        this.console = console;
    }

    /** Names and descriptions of all drills, in the order in which they run. */
    public static List<String> describe() {
        return Drills.ALL.stream()
                .map(drill -> String.format("%-20s %s", drill.title(), drill.description()))
                .toList();
    }

    /** Returns the names that are not names of drills. */
    public static List<String> unknown(List<String> names) {
        return names.stream().filter(name -> Drills.named(name).isEmpty()).toList();
    }

    /** Runs the named drills, or all if none is named; after one that fails the others are run all the same. */
    public List<DrillOutcome> run(List<String> names) throws Exception {
        List<Drill> drills = names.isEmpty()
                ? Drills.ALL
                : names.stream().map(Drills::named).flatMap(Optional::stream).toList();
        PrivateFiles.newDirectory(settings.directory());
        int ports = Deployment.freePorts();
        Deployment deployment = new Deployment(settings, ports, Deployment.proxyPort(ports));
        console.accept("starting the services in " + settings.directory());
        try (SmallDisk brokerDisk = disk(drills, Drills.BROKER_DISK_FULL, deployment.dataDirectory());
                SmallDisk storeDisk = disk(drills, Drills.DISK_FULL, deployment.storeDirectory());
                deployment;
                StoreProxy proxy = StoreProxy.start(Deployment.proxyPort(ports), deployment.storePort())) {
            deployment.up();
            try (DrillContext context = new DrillContext(settings, deployment, proxy, storeDisk, brokerDisk);
                    Bucket bucket = new Bucket(deployment)) {
                Auditor auditor = new Auditor(context.log(), bucket);
                List<DrillOutcome> outcomes = new ArrayList<>();
                // Its bytes are what all later ones are held against.
                outcomes.add(run(new BaselineDrill(), context, auditor));
                for (Drill drill : drills) {
                    Optional<String> obstacle = drill.obstacle(context);
                    if (obstacle.isPresent()) {
                        console.accept(drill.title() + ": skipped, " + obstacle.get());
                    } else {
                        outcomes.add(run(drill, context, auditor));
                    }
                }
                return outcomes;
            }
        }
    }

    /** The file system to write to; a small one if it is to be filled. */
    private static SmallDisk disk(List<Drill> drills, Drill filler, Path directory)
            throws IOException, InterruptedException {
        return drills.contains(filler) ? SmallDisk.mount(directory, DISK_MEBIBYTES) : SmallDisk.none(directory);
    }

    private DrillOutcome run(Drill drill, DrillContext context, Auditor auditor) throws Exception {
        console.accept(drill.title() + ": " + drill.description());
        context.deployment().denoisers(drill.denoisers());
        context.begin(drill);
        long start = System.nanoTime();
        try {
            drill.run(context);
            context.awaitEnds(context.fresh());
        } catch (DrillException | IOException e) {
            context.require(false, String.valueOf(e.getMessage()));
        }
        context.violations().addAll(auditor.audit(context));
        new RecoveryFigures(context).add();
        double seconds = (System.nanoTime() - start) / 1e9;
        DrillOutcome outcome = new DrillOutcome(
                drill.title(),
                context.fresh().size(),
                seconds,
                context.figures(),
                context.violations(),
                context.missed());
        outcome(outcome);
        return outcome;
    }

    private void outcome(DrillOutcome outcome) {
        console.accept(String.format(
                "  %s in %.0f s, %d jobs; %s",
                outcome.passed() ? "passed" : "FAILED",
                outcome.seconds(),
                outcome.jobs(),
                String.join("; ", outcome.figures())));
        outcome.violations().forEach(violation -> console.accept("  - " + violation));
        outcome.missed().forEach(miss -> console.accept("  - target missed: " + miss));
    }
}
