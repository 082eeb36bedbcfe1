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

/** When a job reached which point, by the times that its events carry; all clocks are this host's. Not thread-safe. */
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
        switch (EventType.of(event)) {
            case JOB_ACCEPTED -> set(Mark.ACCEPTED, at);
            case PROMPT_CONDITIONED -> set(Mark.CONDITIONED, at);
            case LATENTS_DENOISED -> set(Mark.DENOISED, at);
            case CLIP_DECODED -> set(Mark.DECODED, at);
            case VIDEO_FINISHED -> set(Mark.FINISHED, at);
            case PROMPT_SUBMITTED, JOB_STATE, PROGRESS, COMMAND, WEBHOOK_ATTEMPTED -> {}
        }
    }

    private void note(Progress progress) {
        if (progress.detail() instanceof ProgressDetail.Started) {
            set(started(progress.stage()), progress.at());
        } else if (progress.detail() instanceof ProgressDetail.Step step
                && progress.stage() == Stage.DENOISING
                && step.step() == step.of()) {
            set(Mark.LAST_STEP, progress.at());
        }
    }

    private static Mark started(Stage stage) {
        return switch (stage) {
            case TEXT_CONDITIONING -> Mark.CONDITIONING;
            case DENOISING -> Mark.DENOISING;
            case DECODING -> Mark.DECODING;
            case ADMISSION, ENCODING ->
                throw new IllegalArgumentException("stage: " + stage + " is not part of this benchmark");
        };
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
