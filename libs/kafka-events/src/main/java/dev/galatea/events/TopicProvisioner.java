package dev.galatea.events;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jboss.logging.Logger;

import dev.galatea.model.event.Stage;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

/**
 * Makes the topics and share-group settings that are missing, when {@code galatea.topics.provision} says so; what is
 * there already is left as it is. Runs before anything else of a service touches the broker, and is safe to run in
 * several services at once.
 */
@ApplicationScoped
public class TopicProvisioner {

    /** The order among startup observers; those that need topics run later. */
    public static final int STARTUP_PRIORITY = 1;

    /**
     * The broker's delivery limit; our own limit is below it. A record that reaches the broker's limit would be
     * archived without a dead letter.
     */
    private static final int BROKER_DELIVERY_LIMIT = 10;

    private static final Logger LOG = Logger.getLogger(TopicProvisioner.class);
    private static final int HEARTBEATS_PER_SESSION = 5;

    /** The interval at which a worker learns of partitions that it takes over from one that left. */
    private static final long HEARTBEAT_MS = 1_000;

    private final TopicsConfig topics;
    private final QueueConfig queue;
    private final Pools pools;
    private final Map<String, Object> broker;

    @Inject
    public TopicProvisioner(
            TopicsConfig topics,
            QueueConfig queue,
            Pools pools,
            @Identifier("default-kafka-broker") Map<String, Object> broker) {
        this.topics = topics;
        this.queue = queue;
        this.pools = pools;
        this.broker = Map.copyOf(broker);
    }

    /** The group of a stage's workers that serve the default pool. */
    public static String groupOf(Stage stage) {
        return Pipeline.current().definition(stage).group();
    }

    private Set<String> queuedGroups() {
        Set<String> groups = new LinkedHashSet<>();
        Pipeline.current().stages().stream().filter(StageDefinition::isQueued).forEach(stage -> pools.all()
                .forEach(pool -> groups.add(stage.group(pool))));
        return groups;
    }

    void start(@Observes @Priority(STARTUP_PRIORITY) StartupEvent event) {
        if (topics.provision()) {
            provision();
        }
    }

    /** Makes what is missing, or fails with a message that says where the broker was looked for. */
    public void provision() {
        Map<String, Object> settings = new HashMap<>(broker);
        int patienceMs = Math.toIntExact(topics.patience().toMillis());
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, patienceMs);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(patienceMs, 10_000));
        try (Admin admin = Admin.create(settings)) {
            int created = createMissing(admin);
            if (queue.mode() == QueueConfig.Mode.SHARE) {
                configureGroups(admin);
                shortenSessions(admin);
            }
            LOG.infof("topics are ready created=%d", created);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("provisioning topics was interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = causeOf(e);
            throw new IllegalStateException(
                    "kafka.bootstrap.servers: the broker at " + broker.get("bootstrap.servers")
                            + " did not provision topics within "
                            + topics.patience() + ": "
                            + cause.getMessage(),
                    cause);
        }
    }

    private int createMissing(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        Set<String> existing = admin.listTopics().names().get();
        List<NewTopic> missing =
                TopicDefinitions.all(topics.partitions(), queuePartitions(), topics.replicationFactor(), pools.all())
                        .stream()
                        .filter(topic -> !existing.contains(topic.name()))
                        .toList();
        List<ExecutionException> failures = new ArrayList<>();
        int created = 0;
        for (var result : admin.createTopics(missing).values().entrySet()) {
            try {
                result.getValue().get(topics.patience().toMillis(), TimeUnit.MILLISECONDS);
                created++;
            } catch (ExecutionException e) {
                if (!isThereOrNotOurs(admin, result.getKey(), causeOf(e))) {
                    failures.add(e);
                }
            }
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
        return created;
    }

    private int queuePartitions() {
        int count = topics.queuePartitions().orElse(queue.mode() == QueueConfig.Mode.SHARE ? 1 : topics.partitions());
        if (count < 1 || count > topics.partitions()) {
            throw new IllegalArgumentException("galatea.topics.queue-partitions: is " + count
                    + "; valid is 1 to galatea.topics.partitions, which is " + topics.partitions());
        }
        return count;
    }

    /**
     * Another service that starts at the same time may have been faster; and a topic that this service may not even
     * describe is not listed to it, so that it only seems to be missing, and is nothing that it needs.
     */
    private static boolean isThereOrNotOurs(Admin admin, String topic, Throwable refusal) throws InterruptedException {
        if (refusal instanceof TopicExistsException) {
            return true;
        }
        if (!(refusal instanceof TopicAuthorizationException)) {
            return false;
        }
        try {
            admin.describeTopics(List.of(topic)).allTopicNames().get();
            return true;
        } catch (ExecutionException e) {
            return e.getCause() instanceof TopicAuthorizationException;
        }
    }

    private void configureGroups(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
        for (String group : queuedGroups()) {
            changes.put(
                    new ConfigResource(ConfigResource.Type.GROUP, group),
                    List.of(
                            // The default, latest, would lose what was queued before the first worker came.
                            set("share.auto.offset.reset", "earliest"),
                            set(
                                    "share.record.lock.duration.ms",
                                    Long.toString(queue.lockDuration().toMillis())),
                            set("share.delivery.count.limit", Integer.toString(BROKER_DELIVERY_LIMIT))));
        }
        admin.incrementalAlterConfigs(changes).all().get(topics.patience().toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * A partition that only a dead worker had waits until the broker gives up that worker, so this must not take longer
     * than a lock; and one that only a leaving worker had waits until the others heartbeat. Brokers allow no less than
     * 45 s and 5 s unless they are configured to.
     */
    private void shortenSessions(Admin admin) throws InterruptedException, TimeoutException {
        long session = queue.lockDuration().toMillis();
        Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
        for (String group : queuedGroups()) {
            changes.put(
                    new ConfigResource(ConfigResource.Type.GROUP, group),
                    List.of(
                            set("share.session.timeout.ms", Long.toString(session)),
                            set(
                                    "share.heartbeat.interval.ms",
                                    Long.toString(Math.min(HEARTBEAT_MS, session / HEARTBEATS_PER_SESSION)))));
        }
        try {
            admin.incrementalAlterConfigs(changes).all().get(topics.patience().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            LOG.infof(
                    "the work of a killed worker may wait for the broker's session timeout, not only for the lock;"
                            + " set group.share.min.session.timeout.ms and group.share.min.heartbeat.interval.ms"
                            + " lower on the broker reason=%s",
                    causeOf(e).getMessage());
        }
    }

    /** Unwraps the broker's or the client's exception from that of a future. */
    private static Throwable causeOf(Exception e) {
        return e instanceof ExecutionException ? Objects.requireNonNullElse(e.getCause(), e) : e;
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }
}
