package dev.galatea.jobtracking.topology;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Identifier;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.eclipse.microprofile.config.inject.ConfigProperty;

import dev.galatea.jobtracking.admission.Admission;
import dev.galatea.jobtracking.admission.Model;
import dev.galatea.jobtracking.admission.ModelCatalogue;
import dev.galatea.jobtracking.config.JobTrackingConfig;
import dev.galatea.jobtracking.tracking.JobTracker;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleLoader;

/** Hands the topology to the Kafka Streams extension, which starts it when its topics are there. */
final class TrackingBeans {

    private TrackingBeans() {}

    @Produces
    @Singleton
    static TrackingMetrics metrics(MeterRegistry registry) {
        return new TrackingMetrics(registry);
    }

    @Produces
    @Singleton
    static ModelCatalogue catalogue(
            @ConfigProperty(name = "galatea.bundles.path", defaultValue = "models") Path directory,
            @ConfigProperty(name = "galatea.bundles.default-name", defaultValue = "pebble") String defaultName,
            @ConfigProperty(name = "galatea.work-dir", defaultValue = ".galatea") Path workDir)
            throws IOException, BundleException {
        BundleLoader loader = new BundleLoader(workDir.resolve("bundles"));
        List<Model> models = new ArrayList<>();
        try (DirectoryStream<Path> bundles = Files.newDirectoryStream(directory, Files::isDirectory)) {
            for (Path bundle : bundles) {
                Bundle loaded = loader.load(bundle);
                models.add(new Model(loaded.manifest(), loaded.digest()));
            }
        }
        return new ModelCatalogue(models, defaultName);
    }

    @Produces
    @Singleton
    static Topology topology(
            JobTrackingConfig config,
            ModelCatalogue catalogue,
            TrackingMetrics metrics,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        JobTracker tracker = new JobTracker(new Admission(catalogue, config.encodingStage()));
        Partitions partitions = new KafkaPartitions(kafka);
        return TrackingTopology.build(() -> new TrackingProcessor(tracker, config, partitions, metrics));
    }

    @Produces
    @Singleton
    static StreamsUncaughtExceptionHandler restartPolicy(JobTrackingConfig config, TrackingMetrics metrics) {
        return new RestartPolicy(config.maxRestartPause(), metrics);
    }
}
