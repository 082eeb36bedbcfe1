package dev.galatea.workqueue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.jboss.logging.Logger;

/** Reads a share group's settings from the broker. */
final class ShareGroupSettings {

    private static final Logger LOG = Logger.getLogger(ShareGroupSettings.class);
    private static final String DELIVERY_LIMIT = "share.delivery.count.limit";
    private static final int DEFAULT_DELIVERY_LIMIT = 5;
    private static final long PATIENCE_SECONDS = 30;

    private ShareGroupSettings() {}

    /**
     * Returns the number of deliveries after which the broker archives a record silently. If the broker doesn't tell,
     * it is Kafka's default, which is on the safe side of what we provision.
     */
    static int deliveryLimit(Map<String, Object> broker, String group) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        try (Admin admin = Admin.create(broker)) {
            Config config = admin.describeConfigs(List.of(resource))
                    .all()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .get(resource);
            ConfigEntry entry = config == null ? null : config.get(DELIVERY_LIMIT);
            return entry == null ? DEFAULT_DELIVERY_LIMIT : Integer.parseInt(entry.value());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return DEFAULT_DELIVERY_LIMIT;
        } catch (ExecutionException | TimeoutException e) {
            LOG.warnf(
                    "the broker's delivery limit is unknown, assuming %d group=%s reason=%s",
                    DEFAULT_DELIVERY_LIMIT, group, e);
            return DEFAULT_DELIVERY_LIMIT;
        }
    }
}
