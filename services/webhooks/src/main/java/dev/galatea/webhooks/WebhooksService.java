package dev.galatea.webhooks;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import org.jboss.logging.Logger;

import dev.galatea.webhooks.config.WebhooksConfig;
import dev.galatea.webhooks.delivery.BackOff;
import dev.galatea.webhooks.delivery.Deliveries;
import dev.galatea.webhooks.http.HttpCourier;
import dev.galatea.webhooks.log.DeliveryLog;
import dev.galatea.worker.WorkerConfig;

/** Starts and stops deliveries, if there is anybody to be told. Thread-safe. */
@ApplicationScoped
public class WebhooksService {

    private static final Logger LOG = Logger.getLogger(WebhooksService.class);

    private final DeliveryLog log;
    private final Optional<Sending> sending;

    /** What there is only if there is anybody to be told. */
    private record Sending(HttpCourier courier, Deliveries deliveries) {}

    @Inject
    WebhooksService(
            WebhooksConfig config,
            WorkerConfig worker,
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            MeterRegistry meters) {
        log = new DeliveryLog(kafka, config.logReplay());
        if (config.endpoints().isEmpty()) {
            sending = Optional.empty();
            return;
        }
        HttpCourier courier = new HttpCourier(config);
        BackOff backOff = new BackOff(config.firstPause(), config.maxPause(), config.giveUpAfter());
        Path directory = worker.workDir().resolve("webhooks");
        sending = Optional.of(new Sending(
                courier, new Deliveries(kafka, config.applicationId(), directory, courier, backOff, meters)));
    }

    /** The latest attempts of all replicas. */
    @Produces
    @Singleton
    DeliveryLog log() {
        return log;
    }

    /** Whether everybody who is to be told is being told. */
    boolean isRunning() {
        return sending.map(all -> all.deliveries().isRunning()).orElse(true);
    }

    /** Whether they are, or will be without anybody's help. */
    boolean isAlive() {
        return sending.map(all -> all.deliveries().isAlive()).orElse(true);
    }

    void start(@Observes StartupEvent event) {
        sending.ifPresent(all -> {
            log.start();
            all.deliveries().start();
            LOG.infof("webhooks endpoints=%s", all.courier().endpoints());
        });
    }

    void stop(@Observes ShutdownEvent event) {
        sending.ifPresent(all -> {
            all.deliveries().close();
            all.courier().close();
            log.close();
        });
    }
}
