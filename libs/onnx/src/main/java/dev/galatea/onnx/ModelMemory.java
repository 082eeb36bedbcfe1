package dev.galatea.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.quarkus.runtime.StartupEvent;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.bundles.ServedBundles;
import dev.galatea.model.failure.StageException;

/**
 * The memory that a process has for models: {@code galatea.onnx.memory-budget}, of which each loaded model takes the
 * length of its files. Thread-safe.
 */
@ApplicationScoped
public class ModelMemory {

    private final OnnxConfig config;
    private final MemoryBudget budget;

    public ModelMemory(OnnxConfig config) {
        this.config = config;
        this.budget = new MemoryBudget(config.memoryBudget().orElse(Long.MAX_VALUE));
    }

    /**
     * A cache of bundles' models.
     *
     * @param <V> what holds the models of a bundle
     * @param roles of the models
     * @param idle values that are kept while nobody uses them
     */
    public <K, V> ModelLeases<K, V> leases(List<String> roles, int idle, Consumer<V> closer) {
        return new ModelLeases<>(
                new LeasedCache<>(budget, idle, closer),
                bundle -> isBounded() ? ModelSize.of(config, bundle, roles) : ModelSize.NONE);
    }

    /** Tells whether there is a budget. */
    public boolean isBounded() {
        return config.memoryBudget().isPresent();
    }

    /**
     * Refuses to start with a bundle whose models can't fit, because jobs for it would fail here.
     *
     * @param roles of the models that are loaded together
     */
    public void requireRoom(BundleRepository bundles, List<String> roles) {
        requireRoom(bundles, roles, ServedBundles.all(bundles));
    }

    /**
     * Refuses to start with a bundle whose models can't fit, or with a pool whose bundles can't fit together: a pool is
     * there so that nobody waits for weights.
     *
     * @param roles of the models that are loaded together
     * @param served the bundles that jobs here can have; others are left alone
     */
    public void requireRoom(BundleRepository bundles, List<String> roles, ServedBundles served) {
        if (!isBounded()) {
            return;
        }
        try {
            List<ModelSize> sizes = new ArrayList<>();
            for (String name : served.names()) {
                sizes.add(ModelSize.of(config, bundles.byName(name), roles));
            }
            for (ModelSize size : sizes) {
                budget.requireRoom(size);
            }
            if (served.pool().isPresent()) {
                budget.requireRoomForAll(served.pool().get(), sizes);
            }
        } catch (StageException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** Closes what nobody has used for {@code galatea.onnx.unload-after}, from now on. */
    void start(@Observes StartupEvent event, ScheduledExecutorService executor) {
        if (config.unloadAfter().isPresent()) {
            long nanos = Math.max(1, config.unloadAfter().get().toNanos());
            long period = Math.max(1, nanos / 4);
            executor.scheduleWithFixedDelay(() -> unloadIdle(nanos), period, period, TimeUnit.NANOSECONDS);
        }
    }

    void unloadIdle(long nanos) {
        budget.closeIdleSince(System.nanoTime() - nanos);
    }
}
