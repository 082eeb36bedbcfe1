package dev.galatea.benchmarks;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;

/**
 * The times at which a job reached each point, as its events carry them; all clocks are this host's. Not thread-safe.
 */
final class JobMarks {

    /** Points in a job's life, in their order. */
    enum Mark {
        SUBMITTED,
        ACCEPTED,
        CONDITIONING,
        CONDITIONED,
        DENOISING,
        LAST_STEP,
        DENOISED,
        DECODING,
        DECODED,
        FINISHED,
        RECEIVED
    }

    private static final Map<EventType, Mark> BY_TYPE = Map.of(
            EventType.JOB_ACCEPTED, Mark.ACCEPTED,
            EventType.PROMPT_CONDITIONED, Mark.CONDITIONED,
            EventType.LATENTS_DENOISED, Mark.DENOISED,
            EventType.CLIP_DECODED, Mark.DECODED,
            EventType.VIDEO_FINISHED, Mark.FINISHED);

    private static final Map<Stage, Mark> STARTED = Map.of(
            Stage.TEXT_CONDITIONING, Mark.CONDITIONING,
            Stage.DENOISING, Mark.DENOISING,
            Stage.DECODING, Mark.DECODING);

    private final Map<Mark, Instant> times = new EnumMap<>(Mark.class);

    void set(Mark mark, Instant at) {
        times.put(mark, at);
    }

    /** Takes an event of the job, whatever it is. */
    void note(Event event, Instant at) {
        if (event instanceof Progress progress) {
            note(progress);
            return;
        }
        Mark mark = BY_TYPE.get(EventType.of(event));
        if (mark != null) {
            set(mark, at);
        }
    }

    private void note(Progress progress) {
        if (progress.detail() instanceof ProgressDetail.Started) {
            Mark mark = STARTED.get(progress.stage());
            if (mark == null) {
                throw new IllegalArgumentException("stage: " + progress.stage() + " is not part of this benchmark");
            }
            set(mark, progress.at());
        } else if (progress.detail() instanceof ProgressDetail.Step step
                && progress.stage().equals(Stage.DENOISING)
                && step.step() == step.of()) {
            set(Mark.LAST_STEP, progress.at());
        }
    }

    boolean isComplete() {
        return times.size() == Mark.values().length;
    }

    @Override
    public String toString() {
        return times.toString();
    }

    /** Seconds between two points. */
    double seconds(Mark from, Mark to) {
        return Duration.between(times.get(from), times.get(to)).toNanos() / 1e9;
    }
}
