package dev.galatea.workqueue;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.reactive.messaging.spi.ConnectorFactory;

/**
 * The attributes of one channel.
 *
 * @param channel the name of the channel
 * @param topic the topic that holds the work
 * @param group the consumer group that the work is shared in
 * @param mode the kind of group
 * @param slots the messages that this process works on at once
 * @param lockDuration how long a record stays with a worker that says nothing, until the broker has said so itself
 * @param gracePeriod how long a stopping process waits for its work to reach a step boundary
 * @param deliveryLimit the delivery that is not followed by another one if it fails
 * @param firstPause the pause before the first release after a failure; doubled for each later one
 * @param longestPause the pause that doubling ends at
 * @param failureStrategy the identifier of the {@link FailureStrategy}
 * @param deadLetterTopic the topic of the {@code dead-letter} strategy
 * @param metrics the names and tags of the channel's meters
 * @param client the settings of the Kafka clients
 */
public record ChannelSettings(
        String channel,
        String topic,
        String group,
        Mode mode,
        int slots,
        Duration lockDuration,
        Duration gracePeriod,
        int deliveryLimit,
        Duration firstPause,
        Duration longestPause,
        String failureStrategy,
        String deadLetterTopic,
        MeterNames metrics,
        Map<String, Object> client) {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)?");

    /** The kind of consumer group that records are shared in. */
    public enum Mode {
        /** A share group (KIP-932); brokers from 4.2. */
        SHARE,
        /** A classic consumer group: no more workers than partitions. */
        CLASSIC
    }

    /**
     * The names of a channel's meters.
     *
     * @param prefix the beginning of all names
     * @param tags the tags that all of them have
     */
    public record MeterNames(String prefix, Map<String, String> tags) {

        /** Copies the tags. */
        public MeterNames {
            tags = Map.copyOf(tags);
        }
    }

    /** Copies the settings, and checks what has limits. */
    public ChannelSettings {
        client = Map.copyOf(client);
        if (slots < 1) {
            throw new IllegalArgumentException("slots: is " + slots + "; valid is 1 and more");
        }
        if (deliveryLimit < 1) {
            throw new IllegalArgumentException("delivery-limit: is " + deliveryLimit + "; valid is 1 and more");
        }
    }

    /**
     * Reads the attributes of a channel.
     *
     * @param broker the settings of all Kafka clients, which the channel's own override
     */
    static ChannelSettings of(Config config, Map<String, Object> broker) {
        String channel = config.getValue(ConnectorFactory.CHANNEL_NAME_ATTRIBUTE, String.class);
        return new ChannelSettings(
                channel,
                text(config, "topic", channel),
                config.getOptionalValue(ConsumerConfig.GROUP_ID_CONFIG, String.class)
                        .orElseThrow(() -> new NoSuchElementException(
                                "group.id: channel '" + channel + "' has none; valid is the name of its group")),
                mode(text(config, "mode", "share")),
                number(config, "slots", 1),
                duration(config, "lock-duration", "30s"),
                duration(config, "grace-period", "20s"),
                number(config, "delivery-limit", 5),
                duration(config, "first-pause", "1s"),
                duration(config, "longest-pause", "30s"),
                text(config, "failure-strategy", ReleaseStrategy.NAME),
                text(config, "dead-letter-topic", "dead-letter-topic-" + channel),
                new MeterNames(
                        text(config, "metric-prefix", "work.queue"),
                        tags(text(config, "metric-tags", "channel=" + channel))),
                client(config, broker));
    }

    private static Map<String, Object> client(Config config, Map<String, Object> broker) {
        Map<String, Object> client = new HashMap<>(broker);
        Set<String> known = ConsumerConfig.configNames();
        Collection<String> outsideOfTheRecord = List.of(ConsumerConfig.GROUP_ID_CONFIG);
        for (String name : known) {
            if (!outsideOfTheRecord.contains(name)) {
                config.getOptionalValue(name, String.class).ifPresent(value -> client.put(name, value));
            }
        }
        return client;
    }

    private static String text(Config config, String name, String otherwise) {
        return config.getOptionalValue(name, String.class).orElse(otherwise);
    }

    private static int number(Config config, String name, int otherwise) {
        return config.getOptionalValue(name, Integer.class).orElse(otherwise);
    }

    private static Mode mode(String text) {
        try {
            return Mode.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("mode: is '" + text + "'; valid is share or classic", e);
        }
    }

    /** ISO 8601, or a number with ms, s, m or h; without a unit, seconds. */
    private static Duration duration(Config config, String name, String otherwise) {
        String text = text(config, name, otherwise);
        Matcher plain = DURATION.matcher(text);
        if (!plain.matches()) {
            return Duration.parse(text);
        }
        long amount = Long.parseLong(plain.group(1));
        return switch (plain.group(2) == null ? "s" : plain.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofSeconds(amount);
        };
    }

    private static Map<String, String> tags(String text) {
        Map<String, String> tags = new LinkedHashMap<>();
        for (String tag : text.split(",")) {
            String[] parts = tag.split("=", 2);
            if (parts.length != 2) {
                throw new IllegalArgumentException("metric-tags: is '" + text + "'; valid is name=value,…");
            }
            tags.put(parts[0].strip(), parts[1].strip());
        }
        return tags;
    }
}
