package dev.galatea.store;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;

import dev.galatea.model.id.ObjectKind;
import dev.galatea.model.tensor.ObjectRef;

/** Counts objects and their bytes by what they are: checkpoint, latents, clip and so on. Thread-safe. */
final class StoreBytes {

    private final MeterRegistry meters;

    StoreBytes(MeterRegistry meters) {
        this.meters = meters;
    }

    void written(ObjectRef object) {
        record("write", object);
    }

    void read(ObjectRef object) {
        record("read", object);
    }

    private void record(String direction, ObjectRef object) {
        DistributionSummary.builder("galatea.store.object")
                .description("Objects that went to and came from the store")
                .baseUnit("bytes")
                .tags("direction", direction, "kind", kindOf(object.key()))
                .register(meters)
                .record(object.bytes());
    }

    /**
     * Returns a key's kind of object as a label; unknown kinds are "other", so that no job id or digest becomes one.
     */
    static String kindOf(String key) {
        return ObjectKind.of(key).map(ObjectKind::wireName).orElse("other");
    }
}
