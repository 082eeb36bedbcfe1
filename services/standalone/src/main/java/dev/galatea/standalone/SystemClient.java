package dev.galatea.standalone;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.quarkus.arc.Arc;
import io.quarkus.arc.ArcContainer;
import org.apache.kafka.clients.CommonClientConfigs;
import org.eclipse.microprofile.config.ConfigProvider;

import dev.galatea.embedded.StoreCredentials;
import dev.galatea.events.EventPublisher;
import dev.galatea.events.KafkaEventPublisher;
import dev.galatea.events.Tracing;
import dev.galatea.store.MinioObjectStore;
import dev.galatea.store.ObjectStore;
import dev.galatea.store.StoreConfig;

/**
 * The ways to a system, for a command that is its client.
 *
 * @param isUp tells whether the system still is
 */
public record SystemClient(EventPublisher publisher, ObjectStore store, String bootstrapServers, BooleanSupplier isUp) {

    /** A client of the system in this process, once it is up. */
    public static SystemClient ofThisProcess() {
        return new SystemClient(
                Arc.container().instance(EventPublisher.class).get(),
                Arc.container().instance(ObjectStore.class).get(),
                ConfigProvider.getConfig().getValue("kafka.bootstrap.servers", String.class),
                SystemClient::isThisProcessUp);
    }

    /** A client of the system that another process keeps up in a data directory; it stays open until this one ends. */
    public static SystemClient of(RunningSystem system, Path directory) {
        MeterRegistry meters = new CompositeMeterRegistry();
        Map<String, Object> broker = Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, system.bootstrapServers());
        StoreCredentials credentials = StoreCredentials.in(directory);
        StoreConfig store = new Store(
                system.store(), credentials.accessKey(), credentials.secretKey(), system.bucket(), "us-east-1");
        return new SystemClient(
                new KafkaEventPublisher(broker, meters, Tracing.none()),
                new MinioObjectStore(store, meters),
                system.bootstrapServers(),
                () -> system.isUpIn(directory));
    }

    /** Not any more once Quarkus has stopped, as it does when the process is asked to end. */
    private static boolean isThisProcessUp() {
        ArcContainer container = Arc.container();
        return container != null && container.isRunning();
    }

    private record Store(URI endpoint, String accessKey, String secretKey, String bucket, String region)
            implements StoreConfig {}
}
