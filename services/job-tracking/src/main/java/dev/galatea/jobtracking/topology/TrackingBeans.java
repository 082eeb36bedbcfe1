package dev.galatea.jobtracking.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Identifier;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.bundles.LimitsConfig;
import dev.galatea.events.Tracing;
import dev.galatea.jobtracking.admission.Admission;
import dev.galatea.jobtracking.admission.Model;
import dev.galatea.jobtracking.admission.ModelCatalogue;
import dev.galatea.jobtracking.backlog.WorkEstimate;
import dev.galatea.jobtracking.config.JobTrackingConfig;
import dev.galatea.jobtracking.tracking.JobTracker;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.pipeline.Pipeline;

/** Hands the topology to the Kafka Streams extension, which starts it when its topics are there. */
final class TrackingBeans {

    private TrackingBeans() {}

    @Produces
    @Singleton
    static TrackingMetrics metrics(MeterRegistry registry, WorkEstimate estimate) {
        return new TrackingMetrics(registry, estimate);
    }

    @Produces
    @Singleton
    static ModelCatalogue catalogue(BundleRepository bundles) throws PoisonException {
        List<Model> models = new ArrayList<>();
        for (String name : bundles.names()) {
            Bundle bundle = bundles.byName(name);
            models.add(new Model(bundle.manifest(), bundle.digest()));
        }
        return new ModelCatalogue(models, bundles.defaultName());
    }

    @Produces
    @Singleton
    static TopicInspector topics(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        return new TopicInspector(kafka);
    }

    @Produces
    @Singleton
    static Topology topology(
            JobTrackingConfig config,
            LimitsConfig limits,
            ModelCatalogue catalogue,
            TrackingMetrics metrics,
            TopicInspector topics,
            Tracing tracing) {
        JobTracker tracker = new JobTracker(new Admission(catalogue, limits.maxPixelSteps()), Pipeline.current());
        return TrackingTopology.build(() -> new TrackingProcessor(tracker, config, topics, metrics, tracing), topics);
    }

    @Produces
    @Singleton
    static StreamsUncaughtExceptionHandler restartPolicy(JobTrackingConfig config, TrackingMetrics metrics) {
        return new RestartPolicy(config.maxRestartPause(), metrics);
    }
}
