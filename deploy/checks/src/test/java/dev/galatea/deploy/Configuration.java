package dev.galatea.deploy;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithParentName;

import dev.galatea.bundles.BundlesConfig;
import dev.galatea.bundles.LimitsConfig;
import dev.galatea.decoding.config.DecodingConfig;
import dev.galatea.denoising.DenoisingConfig;
import dev.galatea.encoding.config.EncodingConfig;
import dev.galatea.events.PoolsConfig;
import dev.galatea.events.QueueConfig;
import dev.galatea.events.TopicsConfig;
import dev.galatea.finishing.config.FinishingConfig;
import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.httpguard.HttpGuardConfig;
import dev.galatea.jobtracking.config.BacklogConfig;
import dev.galatea.jobtracking.config.JobTrackingConfig;
import dev.galatea.media.MediaConfig;
import dev.galatea.onnx.OnnxConfig;
import dev.galatea.store.StoreConfig;
import dev.galatea.textconditioning.config.TextConditioningConfig;
import dev.galatea.webhooks.config.WebhooksConfig;
import dev.galatea.worker.WorkerConfig;

/** The configuration mappings of all modules. */
final class Configuration {

    private static final List<Class<?>> MAPPINGS = List.of(
            WorkerConfig.class,
            StoreConfig.class,
            BundlesConfig.class,
            LimitsConfig.class,
            TopicsConfig.class,
            QueueConfig.class,
            PoolsConfig.class,
            OnnxConfig.class,
            HttpGuardConfig.class,
            GatewayConfig.class,
            JobTrackingConfig.class,
            BacklogConfig.class,
            TextConditioningConfig.class,
            DenoisingConfig.class,
            DecodingConfig.class,
            FinishingConfig.class,
            EncodingConfig.class,
            MediaConfig.class,
            WebhooksConfig.class);

    private Configuration() {}

    /** All keys as property names; {@code *} stands for a name that the operator chooses. */
    static Set<String> keys() {
        Set<String> keys = new TreeSet<>();
        MAPPINGS.forEach(
                mapping -> collect(mapping.getAnnotation(ConfigMapping.class).prefix(), mapping, keys));
        return keys;
    }

    private static void collect(String prefix, Class<?> mapping, Set<String> keys) {
        for (Method method : mapping.getMethods()) {
            String name = method.isAnnotationPresent(WithParentName.class)
                    ? prefix
                    : prefix + "."
                            + method.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            collect(name, method.getGenericReturnType(), mapping, keys);
        }
    }

    private static void collect(String name, Type type, Class<?> mapping, Set<String> keys) {
        if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class) {
            collect(name + ".*", generic.getActualTypeArguments()[1], mapping, keys);
        } else if (raw(type).isInterface() && raw(type).getName().startsWith("dev.galatea.")) {
            collect(name, raw(type), keys);
        } else {
            keys.add(name);
        }
    }

    private static Class<?> raw(Type type) {
        return type instanceof ParameterizedType generic ? (Class<?>) generic.getRawType() : (Class<?>) type;
    }
}
