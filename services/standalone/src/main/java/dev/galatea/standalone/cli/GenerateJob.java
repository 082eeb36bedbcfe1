package dev.galatea.standalone.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.arc.Arc;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;
import dev.galatea.plumbing.event.EventPublisher;
import dev.galatea.plumbing.store.ObjectStore;
import dev.galatea.standalone.JobWatcher;
import dev.galatea.standalone.SystemJob;
import dev.galatea.standalone.progress.ProgressView;

/** Publishes one prompt event, shows what becomes of it, and fetches the clip. */
final class GenerateJob implements SystemJob {

    private static final String SOURCE = "/cli";
    private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(10);

    private final GenerateOptions options;
    private final JobId jobId = JobId.random();
    private final ProgressView view = ProgressView.on(System.err);

    GenerateJob(GenerateOptions options) {
        this.options = options;
    }

    @Override
    public int run() throws Exception {
        EventPublisher publisher =
                Arc.container().instance(EventPublisher.class).get();
        try (Interruption interruption = Interruption.onCtrlC();
                JobWatcher watcher = JobWatcher.of(jobId)) {
            Instant start = Instant.now();
            ObjectStore store = Arc.container().instance(ObjectStore.class).get();
            ReferenceMedia reference = options.reference.upload(jobId, store);
            publisher.publish(new CloudEvent(EventIds.random(), SOURCE, start, options.toEvent(jobId, reference)));
            while (!interruption.requested()) {
                watcher.poll().ifPresent(view::show);
                VideoFinished finished = watcher.finished();
                if (finished != null) {
                    return conclude(finished, watcher.firstStepAt(), start);
                }
            }
            return cancel(publisher, watcher);
        } finally {
            view.close();
        }
    }

    private int cancel(EventPublisher publisher, JobWatcher watcher) throws Exception {
        publisher.publish(new CloudEvent(
                EventIds.random(),
                SOURCE,
                Instant.now(),
                JobCommand.cancel(jobId, "interrupted on the command line", Instant.now())));
        Instant deadline = Instant.now().plus(CANCEL_PATIENCE);
        while (watcher.finished() == null && Instant.now().isBefore(deadline)) {
            watcher.poll();
        }
        view.close();
        System.err.println("Interrupted; job " + jobId + " is cancelled.");
        return ExitCodes.INTERRUPTED;
    }

    private int conclude(VideoFinished finished, @Nullable Instant firstStep, Instant start) throws Exception {
        double seconds = secondsBetween(start, Instant.now());
        view.close();
        Path output = finished.clip() == null ? null : fetch(finished);
        GenerateResult result = GenerateResult.of(
                finished, output, seconds, firstStep == null ? null : secondsBetween(start, firstStep));
        if (finished.failure() != null) {
            System.err.println("galatea: " + finished.failure().message());
        }
        if (options.json) {
            ObjectMapper json = EventCodec.mapper();
            System.out.println(json.writeValueAsString(result));
        } else if (output != null) {
            System.out.println(output);
        }
        return exitCode(finished.status());
    }

    private Path fetch(VideoFinished finished) throws Exception {
        ObjectStore store = Arc.container().instance(ObjectStore.class).get();
        Path target = options.outputFile();
        Path partial = target.resolveSibling("." + target.getFileName() + "." + jobId);
        try {
            store.download(finished.clip().video(), partial);
            Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
        return target;
    }

    private static double secondsBetween(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }

    private static int exitCode(JobStatus status) {
        return switch (status) {
            case COMPLETED -> ExitCodes.DONE;
            case REFUSED -> ExitCodes.WRONG_USE;
            case CANCELLED -> ExitCodes.INTERRUPTED;
            case FAILED, EXPIRED, QUEUED, RUNNING -> ExitCodes.FAILED;
        };
    }
}
