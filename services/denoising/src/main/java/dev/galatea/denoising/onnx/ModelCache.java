package dev.galatea.denoising.onnx;

import java.util.List;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.bundles.ServedBundles;
import dev.galatea.denoising.DenoisingConfig;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.Sha256;
import dev.galatea.onnx.LeasedCache;
import dev.galatea.onnx.ModelLeases;
import dev.galatea.onnx.ModelMemory;
import dev.galatea.onnx.OnnxRuntime;

/**
 * Keeps the models of the bundles used last, so that a job does not wait for what an earlier one loaded. Models in use
 * stay open. Thread-safe; nobody waits for a bundle that is loaded for somebody else.
 */
@ApplicationScoped
public class ModelCache {

    private static final Logger LOG = Logger.getLogger(ModelCache.class);
    private static final List<String> DENOISERS = List.of("denoiser", "denoiserLowNoise", "probe");
    private static final List<String> DENOISERS_AND_PREVIEWS =
            List.of("denoiser", "denoiserLowNoise", "probe", "previewDecoder");
    /** Bundles that are kept for later jobs if the configuration does not say and memory is not counted. */
    private static final int IDLE_BUNDLES = 2;

    private final ModelOpener opener;
    private final int guidanceBatch;
    private final ModelMemory memory;
    private final List<String> roles;
    private final ModelLeases<Sha256, BundleModels> models;

    public ModelCache(OnnxRuntime runtime, ModelMemory memory, DenoisingConfig config) {
        this.opener = new ModelOpener(runtime);
        this.guidanceBatch = config.guidanceBatch();
        this.memory = memory;
        this.roles = config.previewEvery() > 0 ? DENOISERS_AND_PREVIEWS : DENOISERS;
        int idle = config.loadedBundles().orElse(memory.isBounded() ? Integer.MAX_VALUE : IDLE_BUNDLES);
        this.models = memory.leases(roles, idle, BundleModels::close);
    }

    /** The models of a bundle, loaded if they are not; the caller closes the lease when it is done with them. */
    public Lease acquire(Bundle bundle) throws PoisonException, RetryableException {
        return new Lease(models.acquire(bundle.digest(), bundle, () -> load(bundle)));
    }

    private BundleModels load(Bundle bundle) throws PoisonException, RetryableException {
        long start = System.nanoTime();
        BundleModels loaded = new BundleModels(opener, bundle, guidanceBatch);
        LOG.infof(
                "loaded bundle=%s digest=%s millis=%d",
                bundle.manifest().name(), bundle.digest(), (System.nanoTime() - start) / 1_000_000);
        return loaded;
    }

    /** Refuses to start with bundles that jobs here can have and that can't fit. */
    public void requireRoom(BundleRepository bundles, ServedBundles served) {
        memory.requireRoom(bundles, roles, served);
    }

    @PreDestroy
    void close() {
        models.close();
    }

    /** The right to use models until it is closed; closing twice does nothing more. */
    public static final class Lease implements AutoCloseable {

        private final LeasedCache.Lease<BundleModels> lease;

        private Lease(LeasedCache.Lease<BundleModels> lease) {
            this.lease = lease;
        }

        /** The models; not to be used after {@link #close}. */
        public BundleModels models() {
            return lease.value();
        }

        @Override
        public void close() {
            lease.close();
        }
    }
}
