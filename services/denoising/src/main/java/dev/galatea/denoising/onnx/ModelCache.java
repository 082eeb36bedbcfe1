package dev.galatea.denoising.onnx;

import java.util.LinkedHashMap;
import java.util.Map;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import dev.galatea.denoising.DenoisingConfig;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.Sha256;
import dev.galatea.onnx.OnnxRuntime;

/**
 * Keeps the models of the bundles used last, so that a job does not wait for what an earlier one loaded. Models in use
 * are never closed, even if that means to keep more than configured for a while. Thread-safe.
 */
@ApplicationScoped
public class ModelCache {

    private static final Logger LOG = Logger.getLogger(ModelCache.class);

    private final ModelOpener opener;
    private final int capacity;
    private final Map<Sha256, Entry> entries = new LinkedHashMap<>(8, 0.75f, true);

    public ModelCache(OnnxRuntime runtime, DenoisingConfig config) {
        this.opener = new ModelOpener(runtime);
        this.capacity = config.loadedBundles();
    }

    /** The models of a bundle, loaded if they are not; the caller closes the lease when it is done with them. */
    public synchronized Lease acquire(Bundle bundle) throws PoisonException, RetryableException {
        Entry entry = entries.get(bundle.digest());
        if (entry == null) {
            long start = System.nanoTime();
            entry = new Entry(new BundleModels(opener, bundle));
            entries.put(bundle.digest(), entry);
            LOG.infof(
                    "loaded bundle=%s digest=%s millis=%d",
                    bundle.manifest().name(), bundle.digest(), (System.nanoTime() - start) / 1_000_000);
        }
        entry.users++;
        closeSurplus();
        return new Lease(entry);
    }

    private synchronized void release(Entry entry) {
        entry.users--;
        closeSurplus();
    }

    private void closeSurplus() {
        var eldestFirst = entries.values().iterator();
        while (entries.size() > capacity && eldestFirst.hasNext()) {
            Entry entry = eldestFirst.next();
            if (entry.users == 0) {
                eldestFirst.remove();
                entry.models.close();
            }
        }
    }

    @PreDestroy
    synchronized void close() {
        entries.values().stream().filter(entry -> entry.users == 0).forEach(entry -> entry.models.close());
        entries.clear();
    }

    private static final class Entry {

        private final BundleModels models;
        private int users;

        private Entry(BundleModels models) {
            this.models = models;
        }
    }

    /** The right to use models until it is closed; closing twice does nothing more. */
    public final class Lease implements AutoCloseable {

        private final Entry entry;
        private boolean closed;

        private Lease(Entry entry) {
            this.entry = entry;
        }

        /** The models; not to be used after {@link #close}. */
        public BundleModels models() {
            return entry.models;
        }

        @Override
        public void close() {
            synchronized (ModelCache.this) {
                if (!closed) {
                    closed = true;
                    release(entry);
                }
            }
        }
    }
}
