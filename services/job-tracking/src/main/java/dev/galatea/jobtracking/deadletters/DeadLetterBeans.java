package dev.galatea.jobtracking.deadletters;

import java.util.Map;

import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Identifier;

import dev.galatea.deadletters.DeadLetterStore;

/** Opens the store, with a producer of its own, when it is asked for first. */
final class DeadLetterBeans {

    private DeadLetterBeans() {}

    @Produces
    @Singleton
    static DeadLetterStore store(@Identifier("default-kafka-broker") Map<String, Object> kafka, MeterRegistry metrics) {
        return new DeadLetterStore(kafka, metrics);
    }

    static void close(@Disposes DeadLetterStore store) {
        store.close();
    }
}
