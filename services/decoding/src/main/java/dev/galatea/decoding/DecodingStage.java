package dev.galatea.decoding;

import java.util.Optional;
import java.util.concurrent.ExecutorService;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.annotations.Blocking;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Outgoing;
import org.jboss.logging.Logger;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.bundles.ServedBundles;
import dev.galatea.clips.DeliveryProgress;
import dev.galatea.decoding.clip.ClipObserver;
import dev.galatea.decoding.config.DecodingConfig;
import dev.galatea.decoding.onnx.DecoderModels;
import dev.galatea.events.Pools;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.ClipDecoded;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.Stage;
import dev.galatea.model.failure.CancelledException;
import dev.galatea.model.failure.ReleasedException;
import dev.galatea.model.failure.StageException;
import dev.galatea.stage.Delivery;

/** Takes denoised latents, and gives decoded clips. */
@ApplicationScoped
class DecodingStage {

    private static final Logger LOG = Logger.getLogger(DecodingStage.class);

    private final ClipJob job;
    private final DecodingConfig config;

    @Inject
    DecodingStage(ClipJob job, DecodingConfig config) {
        this.job = job;
        this.config = config;
    }

    @Incoming("latents")
    @Outgoing("decoded-clips")
    @Blocking(value = "decoding", ordered = false)
    ClipDecoded decode(LatentsDenoised latents, Delivery delivery) throws StageException, InterruptedException {
        Clip clip = job.run(latents, delivery.attempt(), new DeliveryObserver(delivery));
        return new ClipDecoded(latents.jobId(), latents.spec(), clip);
    }

    void start(
            @Observes StartupEvent event,
            ExecutorService executor,
            Pools pools,
            BundleRepository bundles,
            DecoderModels models) {
        ServedBundles served =
                new ServedBundles(pools.servedBy(Stage.DECODING, bundles.names()), pools.listedFor(Stage.DECODING));
        models.requireRoom(bundles, served);
        executor.execute(() -> prepare(config.preload() ? served.first(bundles) : Optional.empty()));
    }

    private void prepare(Optional<String> bundle) {
        try {
            job.prepare(bundle);
        } catch (StageException | RuntimeException e) {
            LOG.warnf("the first decoder is not loaded reason=%s", e.getMessage());
        }
    }

    /** Tells the delivery how far the clip is, and stops with it. */
    private record DeliveryObserver(Delivery delivery) implements ClipObserver, DeliveryProgress {

        @Override
        public void beforeTile() throws CancelledException, ReleasedException {
            delivery.requireWanted();
        }
    }
}
