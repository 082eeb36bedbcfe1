package dev.galatea.benchmarks.autoscaling;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.Stage;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;
import dev.galatea.model.work.Pace;

/**
 * Plays jobs through the stages, a second at a time. What a stage's workers are counted by is the gauge
 * {@code galatea_backlog_work_seconds} as job-tracking computes it: each job that waits for the stage or is in its
 * hands counts whole, in seconds that {@link Pace} learnt from finished jobs, and before that by a first guess.
 */
final class Simulation {

    private static final List<Stage> STAGES =
            Pipeline.VIDEO.stagesOf(null).stream().map(StageDefinition::stage).toList();

    private final Map<Stage, Fleet> fleets = new LinkedHashMap<>();
    private final Map<Stage, Sizing> sizing;
    private final double firstGuess;
    private final Pace pace = new Pace();
    private final List<Minute> minutes = new ArrayList<>();

    /** Decides how many workers a stage has. */
    interface Sizing {

        int workers(int second, double backlogSeconds);
    }

    /** The state at the start of a minute. */
    record Minute(
            int minute, Map<Stage, Integer> workers, Map<Stage, Integer> unfinished, Map<Stage, Double> backlog) {}

    /**
     * @param startUp seconds that a new worker needs
     * @param firstGuess seconds of a job as long as none was finished
     */
    Simulation(Map<Stage, Sizing> sizing, int startUp, double firstGuess, long seed) {
        this.sizing = sizing;
        this.firstGuess = firstGuess;
        Random luck = new Random(seed);
        STAGES.forEach(stage -> fleets.put(stage, new Fleet(stage, startUp, luck)));
    }

    /** Runs for so many seconds; the jobs must be in the order of their submission. */
    void run(List<SimulatedJob> jobs, int seconds) {
        int next = 0;
        for (int second = 0; second < seconds; second++) {
            while (next < jobs.size() && jobs.get(next).submitted() <= second) {
                fleet(STAGES.get(0)).add(jobs.get(next++));
            }
            Map<Stage, Double> backlog = new LinkedHashMap<>();
            for (Stage stage : STAGES) {
                double queued = backlog(stage);
                backlog.put(stage, queued);
                Sizing rule = Objects.requireNonNull(sizing.get(stage), stage.wireName());
                fleet(stage).resize(second, rule.workers(second, queued));
            }
            if (second % 60 == 0) {
                minutes.add(look(second / 60, backlog));
            }
            work(second);
        }
    }

    private void work(int second) {
        for (int i = 0; i < STAGES.size(); i++) {
            Stage stage = STAGES.get(i);
            Stage after = i + 1 < STAGES.size() ? STAGES.get(i + 1) : null;
            fleet(stage).work(second, job -> {
                pace.took(stage, job.spec().model(), units(stage, job.spec()), job.seconds(stage));
                if (after == null) {
                    job.finish(second + 1);
                } else {
                    fleet(after).add(job);
                }
            });
        }
    }

    private Fleet fleet(Stage stage) {
        return Objects.requireNonNull(fleets.get(stage), stage.wireName());
    }

    private double backlog(Stage stage) {
        return fleet(stage).unfinished().stream()
                .map(SimulatedJob::spec)
                .mapToDouble(spec ->
                        pace.seconds(stage, spec.model(), units(stage, spec)).orElse(firstGuess))
                .sum();
    }

    private static double units(Stage stage, JobSpec spec) {
        return Pipeline.VIDEO.workUnits(stage, spec);
    }

    private Minute look(int minute, Map<Stage, Double> backlog) {
        Map<Stage, Integer> workers = new LinkedHashMap<>();
        Map<Stage, Integer> unfinished = new LinkedHashMap<>();
        fleets.forEach((stage, fleet) -> {
            workers.put(stage, fleet.size());
            unfinished.put(stage, fleet.unfinished().size());
        });
        return new Minute(minute, workers, unfinished, backlog);
    }

    List<Minute> minutes() {
        return minutes;
    }

    long paidSeconds(Stage stage) {
        return fleet(stage).paidSeconds();
    }

    int handedBack() {
        return fleets.values().stream().mapToInt(Fleet::handedBack).sum();
    }

    static List<Stage> stages() {
        return STAGES;
    }
}
