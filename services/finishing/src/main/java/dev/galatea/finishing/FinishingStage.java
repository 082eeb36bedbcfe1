package dev.galatea.finishing;

import java.util.concurrent.ExecutorService;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.annotations.Blocking;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Outgoing;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.clips.DeliveryProgress;
import dev.galatea.finishing.clip.FinishingObserver;
import dev.galatea.finishing.onnx.FinisherModels;
import dev.galatea.media.JobDirectory;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.ClipDecoded;
import dev.galatea.model.event.FinishingRequested;
import dev.galatea.model.failure.CancelledException;
import dev.galatea.model.failure.ReleasedException;
import dev.galatea.model.failure.StageException;
import dev.galatea.stage.Delivery;
import dev.galatea.worker.WorkerConfig;

/** Takes decoded clips whose jobs ask for more or larger frames, and gives clips that have them. */
@ApplicationScoped
class FinishingStage {

    private final FinishingJob job;

    @Inject
    FinishingStage(FinishingJob job) {
        this.job = job;
    }

    @Incoming("finishing-requests")
    @Outgoing("finished-clips")
    @Blocking(value = "finishing", ordered = false)
    ClipDecoded finish(FinishingRequested request, Delivery delivery) throws StageException, InterruptedException {
        Clip clip = job.run(request, new DeliveryObserver(delivery));
        return new ClipDecoded(request.jobId(), request.spec(), clip);
    }

    void start(
            @Observes StartupEvent event,
            ExecutorService executor,
            BundleRepository bundles,
            FinisherModels models,
            WorkerConfig worker) {
        models.requireRoom(bundles);
        executor.execute(() -> JobDirectory.sweep(FinishingJob.workDirectory(worker)));
    }

    /** Tells the delivery how far the clip is, and stops with it. */
    private record DeliveryObserver(Delivery delivery) implements FinishingObserver, DeliveryProgress {

        @Override
        public void beforeFrame() throws CancelledException, ReleasedException {
            delivery.requireWanted();
        }
    }
}
