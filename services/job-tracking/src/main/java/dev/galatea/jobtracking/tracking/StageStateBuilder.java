package dev.galatea.jobtracking.tracking;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageState;
import dev.galatea.model.tensor.ObjectRef;

/** Builds the next state of one stage. Numbers only grow, so late and repeated progress changes nothing. */
final class StageStateBuilder {

    /** As {@code ObjectKeys.preview} writes it. */
    private static final Pattern PREVIEW_STEP = Pattern.compile("preview-(\\d{1,9})\\.");

    private final Stage stage;
    private int attempts;
    private int step;
    private int steps;
    private @Nullable Instant startedAt;
    private @Nullable Instant finishedAt;
    private @Nullable Double seconds;
    private @Nullable String worker;
    private @Nullable ObjectRef preview;
    private List<Integer> cachedSteps;

    StageStateBuilder(StageState state) {
        stage = state.stage();
        attempts = state.attempts();
        step = state.step();
        steps = state.steps();
        startedAt = state.startedAt();
        finishedAt = state.finishedAt();
        seconds = state.seconds();
        worker = state.worker();
        preview = state.preview();
        cachedSteps = state.cachedSteps();
    }

    boolean isFinished() {
        return finishedAt != null;
    }

    /** Starts an attempt, and says whether it is a new one. */
    boolean started(int attempt, String by, Instant at) {
        if (attempt <= attempts) {
            return false;
        }
        attempts = attempt;
        worker = by;
        startedAt = startedAt == null || at.isBefore(startedAt) ? at : startedAt;
        return true;
    }

    void step(int done, int of) {
        if (done > step && done <= of) {
            step = done;
            steps = of;
        }
    }

    void preview(ObjectRef picture) {
        if (preview == null || stepOf(picture) > stepOf(preview)) {
            preview = picture;
        }
    }

    /**
     * @param measured by the worker; without it (the result can overtake the report, and ends the job) the time since
     *     the stage was started stands in
     */
    void finished(Instant at, @Nullable Double measured) {
        finishedAt = finishedAt == null ? at : finishedAt;
        if (measured != null) {
            seconds = measured;
        } else if (seconds == null && startedAt != null) {
            seconds = Math.max(0, Duration.between(startedAt, finishedAt).toMillis() / 1000.0);
        }
    }

    /** Takes over which steps the denoiser did not run at, and says whether that is news. */
    boolean cachedSteps(List<Integer> steps) {
        boolean news = !steps.equals(cachedSteps);
        cachedSteps = steps;
        return news;
    }

    StageState build() {
        return new StageState(
                stage, attempts, step, steps, startedAt, finishedAt, seconds, worker, preview, cachedSteps);
    }

    private static int stepOf(ObjectRef picture) {
        Matcher matcher = PREVIEW_STEP.matcher(picture.key());
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }
}
