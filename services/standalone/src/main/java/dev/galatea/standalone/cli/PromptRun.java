package dev.galatea.standalone.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Clip;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.JobWarning;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.RequestFields;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;
import dev.galatea.standalone.JobWatcher;
import dev.galatea.standalone.SystemClient;
import dev.galatea.standalone.progress.ProgressView;
import dev.galatea.store.ObjectStore;

/** Publishes prompt events, one after the other, and shows what becomes of them. Not thread-safe. */
final class PromptRun implements AutoCloseable {

    private static final String SOURCE = "/cli";
    private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(10);

    private final SystemClient system;
    private final ProgressView view = ProgressView.on(System.err);
    private final Interruption interruption = Interruption.onCtrlC();
    private final Instant start = Instant.now();
    private final Output output;
    private @Nullable Instant firstStep;

    PromptRun(SystemClient system, Output output) {
        this.system = system;
        this.output = output;
    }

    /** Makes a prompt event; what it starts from is in the store by then. */
    @FunctionalInterface
    interface Prompt {

        PromptSubmitted make(JobId jobId, ObjectStore store) throws Exception;
    }

    /** Follows one job to its end; null if Ctrl-C came first, and the job is cancelled. */
    @Nullable
    VideoFinished follow(Prompt prompt) throws Exception {
        JobId jobId = JobId.random();
        try (JobWatcher watcher = JobWatcher.of(system.bootstrapServers(), jobId)) {
            system.publisher()
                    .publish(new CloudEvent(
                            EventIds.random(), SOURCE, Instant.now(), prompt.make(jobId, system.store())));
            while (!interruption.requested()) {
                Optional<JobState> news = watcher.poll();
                news.ifPresent(view::show);
                if (watcher.finished() != null) {
                    firstStep = firstStep == null ? watcher.firstStepAt() : firstStep;
                    return watcher.finished();
                }
                if (news.isEmpty()) {
                    requireUp(jobId);
                }
            }
            cancel(jobId, watcher);
            return null;
        }
    }

    private void requireUp(JobId jobId) {
        if (!system.isUp().getAsBoolean()) {
            throw new IllegalStateException(
                    "the system that makes job " + jobId + " has stopped; the job goes on when it is started again");
        }
    }

    private void cancel(JobId jobId, JobWatcher watcher) throws Exception {
        system.publisher()
                .publish(new CloudEvent(
                        EventIds.random(),
                        SOURCE,
                        Instant.now(),
                        JobCommand.cancel(jobId, "interrupted on the command line", Instant.now())));
        Instant deadline = Instant.now().plus(CANCEL_PATIENCE);
        while (watcher.finished() == null && Instant.now().isBefore(deadline)) {
            watcher.poll();
        }
        view.close();
        output.err().println("Interrupted; job " + jobId + " is cancelled.");
    }

    /**
     * Writes the clip, if there is one, and says what came of it all.
     *
     * @return the exit code
     */
    int conclude(@Nullable VideoFinished finished, OutputTarget target, boolean asJson) throws Exception {
        if (finished == null) {
            return ExitCodes.INTERRUPTED;
        }
        double seconds = secondsUntil(Instant.now());
        view.close();
        Clip clip = finished.clip();
        if (clip != null) {
            target.write(file -> system.store().download(clip.video(), file));
        }
        Path written = clip == null ? null : target.path().orElse(null);
        finished.warnings().forEach(warning -> output.problem("warning: " + message(warning)));
        if (finished.failure() != null) {
            output.problem(message(finished.failure()));
        }
        if (asJson) {
            output.json(
                    GenerateResult.of(finished, written, seconds, firstStep == null ? null : secondsUntil(firstStep)));
        } else if (written != null) {
            output.path(written);
        }
        return exitCode(finished.status());
    }

    /** Explains why a job has no clip, and names the option that caused it. */
    static String message(Failure failure) {
        return RequestFields.named(failure.field())
                .map(RequestFields.Field::option)
                .filter(option -> !option.isEmpty())
                .map(failure::messageNaming)
                .orElse(failure.message());
    }

    /** Explains a warning, names the option that it is about, and says what counts of its value. */
    static String message(JobWarning warning) {
        String text = RequestFields.named(warning.field())
                .map(RequestFields.Field::option)
                .filter(option -> !option.isEmpty())
                .map(warning::messageNaming)
                .orElse(warning.message());
        return warning.kept() == null ? text : text + ": \"" + warning.kept() + "\"";
    }

    private double secondsUntil(Instant end) {
        return Duration.between(start, end).toMillis() / 1000.0;
    }

    private static int exitCode(JobStatus status) {
        return switch (status) {
            case COMPLETED -> ExitCodes.DONE;
            case REFUSED -> ExitCodes.WRONG_USE;
            case CANCELLED -> ExitCodes.INTERRUPTED;
            case FAILED, EXPIRED, QUEUED, RUNNING -> ExitCodes.FAILED;
        };
    }

    @Override
    public void close() {
        view.close();
        interruption.close();
    }
}
