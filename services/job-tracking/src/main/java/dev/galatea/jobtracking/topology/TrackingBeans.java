package dev.galatea.jobtracking.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Identifier;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.bundles.LimitsConfig;
import dev.galatea.events.Pools;
import dev.galatea.jobtracking.admission.Admission;
import dev.galatea.jobtracking.admission.Model;
import dev.galatea.jobtracking.admission.ModelCatalogue;
import dev.galatea.jobtracking.backlog.WorkEstimate;
import dev.galatea.jobtracking.config.JobTrackingConfig;
import dev.galatea.jobtracking.tracking.JobTracker;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.pipeline.Pipeline;

/** Makes the beans of plain classes. */
final class TrackingBeans {

    private TrackingBeans() {}

    @Produces
    @Singleton
    static TrackingMetrics metrics(MeterRegistry registry, WorkEstimate estimate) {
        return new TrackingMetrics(registry, estimate);
    }

    @Produces
    @Singleton
    static ModelCatalogue catalogue(BundleRepository bundles, Pools pools) throws PoisonException {
        pools.bundles().requireBundles(bundles.names());
        List<Model> models = new ArrayList<>();
        for (String name : bundles.names()) {
            Bundle bundle = bundles.byName(name);
            BundleReader reader = new BundleReader(bundle);
            // Now, so that the first prompt does not wait for it.
            reader.tokens();
            models.add(new Model(
                    bundle.manifest(), bundle.digest(), reader, pools.bundles().of(name)));
        }
        return new ModelCatalogue(models, bundles.defaultName());
    }

    @Produces
    @Singleton
    static TrackedTopics topics(JobTrackingConfig config, Pools pools) {
        return new TrackedTopics(config.applicationId(), pools.all());
    }

    @Produces
    @Singleton
    static TopicInspector layouts(@Identifier("default-kafka-broker") Map<String, Object> kafka, TrackedTopics topics) {
        return new TopicInspector(kafka, topics);
    }

    @Produces
    @Singleton
    static JobTracker tracker(LimitsConfig limits, ModelCatalogue catalogue) {
        return new JobTracker(new Admission(catalogue, limits.maxPixelSteps()), Pipeline.current());
    }
}
