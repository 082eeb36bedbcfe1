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
import dev.galatea.webhooks.http.HttpWebhookSender;
import dev.galatea.webhooks.log.DeliveryLog;
import dev.galatea.worker.WorkerConfig;

/** Starts and stops deliveries, if an endpoint is configured. Thread-safe. */
@ApplicationScoped
public class WebhooksService {

    private static final Logger LOG = Logger.getLogger(WebhooksService.class);

    private final DeliveryLog log;
    private final Optional<Sending> sending;

    /** The parts that exist only if an endpoint is configured. */
    private record Sending(HttpWebhookSender sender, Deliveries deliveries) {}

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
        HttpWebhookSender sender = new HttpWebhookSender(config);
        BackOff backOff = new BackOff(config.firstPause(), config.maxPause(), config.giveUpAfter());
        Path directory = worker.workDir().resolve("webhooks");
        sending = Optional.of(
                new Sending(sender, new Deliveries(kafka, config.applicationId(), directory, sender, backOff, meters)));
    }

    /** The latest attempts of all replicas. */
    @Produces
    @Singleton
    DeliveryLog log() {
        return log;
    }

    /** Tells whether deliveries are being made, or none are to be made. */
    boolean isRunning() {
        return sending.map(all -> all.deliveries().isRunning()).orElse(true);
    }

    /** Returns the reason why deliveries are not being made, as soon as it is known. */
    Optional<String> trouble() {
        return sending.flatMap(all -> all.deliveries().trouble());
    }

    /** Tells whether deliveries are being made, will be without help, or are not to be made. */
    boolean isAlive() {
        return sending.map(all -> all.deliveries().isAlive()).orElse(true);
    }

    void start(@Observes StartupEvent event) {
        sending.ifPresent(all -> {
            log.start();
            all.deliveries().start();
            LOG.infof("webhooks endpoints=%s", all.sender().endpoints());
        });
    }

    void stop(@Observes ShutdownEvent event) {
        sending.ifPresent(all -> {
            all.deliveries().close();
            all.sender().close();
            log.close();
        });
    }
}
