package dev.galatea.denoising;

import java.util.concurrent.ExecutorService;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.annotations.Blocking;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Outgoing;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.bundles.ServedBundles;
import dev.galatea.denoising.onnx.ModelCache;
import dev.galatea.events.Pools;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.Stage;
import dev.galatea.model.failure.StageException;
import dev.galatea.stage.Delivery;

/**
 * Takes conditioned prompts, and gives the latents of their clips. A job that is delivered again ends in the same bytes
 * under the same key.
 */
@ApplicationScoped
class DenoisingStage {

    private final ClipDenoiser denoiser;
    private final DenoisingConfig config;

    @Inject
    DenoisingStage(ClipDenoiser denoiser, DenoisingConfig config) {
        this.denoiser = denoiser;
        this.config = config;
    }

    @Incoming("conditioned-prompts")
    @Outgoing("denoised-latents")
    @Blocking(value = "denoising", ordered = false)
    LatentsDenoised denoise(PromptConditioned prompt, Delivery delivery) throws StageException {
        return denoiser.denoise(prompt, delivery);
    }

    void start(
            @Observes StartupEvent event,
            ExecutorService executor,
            Pools pools,
            BundleRepository bundles,
            ModelCache models) {
        ServedBundles served =
                new ServedBundles(pools.servedBy(Stage.DENOISING, bundles.names()), pools.listedFor(Stage.DENOISING));
        models.requireRoom(bundles, served);
        if (config.warmUp()) {
            served.first(bundles).ifPresent(bundle -> executor.execute(() -> denoiser.load(bundle)));
        }
    }
}
