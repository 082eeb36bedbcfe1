package dev.galatea.jobtracking.backlog;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import dev.galatea.jobtracking.config.BacklogConfig;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.Stage;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.work.Pace;

/**
 * Estimates the time of queued work from finished jobs, and before there are any from the configuration. Thread-safe.
 */
@ApplicationScoped
public class WorkEstimate {

    private final double firstEstimate;
    private final Pace pace = new Pace();

    @Inject
    public WorkEstimate(BacklogConfig config) {
        firstEstimate = config.firstEstimate().toMillis() / 1e3;
    }

    /** A job of this spec took so many seconds in a stage. */
    public void took(Stage stage, JobSpec spec, double seconds) {
        pace.took(stage, spec.model(), Pipeline.current().workUnits(stage, spec), seconds);
    }

    /** Seconds that {@code units} of work of a model, a job's, take in a stage. */
    double seconds(Stage stage, String model, double units) {
        return pace.seconds(stage, model, units).orElse(firstEstimate);
    }
}
