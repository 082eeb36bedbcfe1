package dev.galatea.stage;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

import dev.galatea.events.Pools;
import dev.galatea.model.event.Pool;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

/**
 * Gives the properties of channels that follow from the pool that a worker serves, {@code galatea.<stage>.pool}: topic
 * and group of a stage's input, and the label {@code pool} of its meters. A channel whose topic is no stage's input is
 * left as it is. Stateless.
 *
 * @see <a href="../../../../../../../../docs/decisions/0018-a-pool-serves-the-bundles-of-its-class.md">ADR 0018</a>
 */
public final class PoolChannels implements ConfigSourceFactory {

    private static final Pattern TOPIC = Pattern.compile("(mp\\.messaging\\.incoming\\.[^.]+)\\.topic");

    /** Above what applications bring, and below what an operator sets. */
    private static final int ORDINAL = 275;

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        Map<String, String> properties = new HashMap<>();
        for (Iterator<String> names = context.iterateNames(); names.hasNext(); ) {
            Matcher matcher = TOPIC.matcher(names.next());
            if (matcher.matches()) {
                addChannel(matcher.group(1), context, properties);
            }
        }
        return List.of(new PropertiesConfigSource(properties, "galatea-pool-channels", ORDINAL));
    }

    private static void addChannel(String channel, ConfigSourceContext context, Map<String, String> properties) {
        String topic = value(context, channel + ".topic");
        Optional<StageDefinition> taker = topic == null
                ? Optional.empty()
                : Pipeline.current().stages().stream()
                        .filter(stage -> stage.input().topic().equals(topic))
                        .findFirst();
        taker.ifPresent(stage -> {
            Pool pool = poolOf(stage, context);
            properties.put(channel + ".topic", stage.topic(pool));
            if (stage.group().equals(value(context, channel + ".group.id"))) {
                properties.put(channel + ".group.id", stage.group(pool));
            }
            String tags = value(context, channel + ".metric-tags");
            if (tags != null) {
                properties.put(channel + ".metric-tags", tags + ",pool=" + pool);
            }
        });
    }

    private static Pool poolOf(StageDefinition stage, ConfigSourceContext context) {
        String name = stage.isPooled() ? value(context, Pools.keyOf(stage)) : null;
        return name == null || name.isBlank() ? Pool.DEFAULT : Pools.parse(stage, name);
    }

    private static @Nullable String value(ConfigSourceContext context, String name) {
        ConfigValue value = context.getValue(name);
        return value == null ? null : value.getValue();
    }
}
