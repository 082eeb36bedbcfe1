package dev.galatea.encoding;

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
import dev.galatea.encoding.config.EncodingConfig;
import dev.galatea.encoding.onnx.EncoderModels;
import dev.galatea.events.Pools;
import dev.galatea.model.event.EncodingRequested;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.Stage;
import dev.galatea.model.failure.StageException;

/** Takes jobs with reference media, and gives them with the latents of the media. */
@ApplicationScoped
class EncodingStage {

    private static final Logger LOG = Logger.getLogger(EncodingStage.class);

    private final ReferenceJob job;
    private final EncodingConfig config;

    @Inject
    EncodingStage(ReferenceJob job, EncodingConfig config) {
        this.job = job;
        this.config = config;
    }

    @Incoming("encoding-requests")
    @Outgoing("encoded-references")
    @Blocking(value = "encoding", ordered = false)
    PromptConditioned encode(EncodingRequested request) throws StageException, InterruptedException {
        return job.run(request);
    }

    void start(
            @Observes StartupEvent event,
            ExecutorService executor,
            Pools pools,
            BundleRepository bundles,
            EncoderModels models) {
        ServedBundles served =
                new ServedBundles(pools.servedBy(Stage.ENCODING, bundles.names()), pools.listedFor(Stage.ENCODING));
        models.requireRoom(bundles, served);
        executor.execute(() -> prepare(config.preload() ? served.first(bundles) : Optional.empty()));
    }

    private void prepare(Optional<String> bundle) {
        try {
            job.prepare(bundle);
        } catch (StageException | RuntimeException e) {
            LOG.warnf("the first encoder is not loaded reason=%s", e.getMessage());
        }
    }
}
