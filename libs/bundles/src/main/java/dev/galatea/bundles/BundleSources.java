package dev.galatea.bundles;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.micrometer.core.instrument.MeterRegistry;

import dev.galatea.bundles.source.BundleSource;
import dev.galatea.bundles.source.StoreSource;
import dev.galatea.bundles.source.VolumeSource;
import dev.galatea.store.MinioObjectStore;
import dev.galatea.store.StoreConfig;

/** Opens the source of bundles that is configured. Thread-safe. */
@ApplicationScoped
public class BundleSources {

    private static final Pattern S3 = Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?");

    private final BundlesConfig config;
    private final StoreConfig store;
    private final MeterRegistry meters;

    @Inject
    public BundleSources(BundlesConfig config, StoreConfig store, MeterRegistry meters) {
        this.config = config;
        this.store = store;
        this.meters = meters;
    }

    /** The source; empty if bundles are used where they lie. */
    Optional<BundleSource> configured() {
        return config.source().map(String::strip).map(this::open);
    }

    private BundleSource open(String source) {
        Matcher s3 = S3.matcher(source);
        if (s3.matches()) {
            String prefix = s3.group(2) == null ? "" : s3.group(2).replaceAll("^/+|/+$", "");
            StoreConfig settings = new Settings(s3.group(1), config.s3(), store);
            return new StoreSource(new MinioObjectStore(settings, meters), prefix.isEmpty() ? "" : prefix + "/");
        }
        if (source.isEmpty() || source.contains("://")) {
            throw new IllegalStateException("galatea.bundles.source: '" + source
                    + "' is not valid; valid are s3://BUCKET/PREFIX and a directory");
        }
        return new VolumeSource(Path.of(source));
    }

    /** The store of objects, but for what is said of the bundles' own. */
    private record Settings(String bucket, BundlesConfig.S3 own, StoreConfig shared) implements StoreConfig {

        @Override
        public URI endpoint() {
            return own.endpoint().orElseGet(shared::endpoint);
        }

        @Override
        public String accessKey() {
            return own.accessKey().orElseGet(shared::accessKey);
        }

        @Override
        public String secretKey() {
            return own.secretKey().orElseGet(shared::secretKey);
        }

        @Override
        public String region() {
            return own.region().orElseGet(shared::region);
        }

        @Override
        public String toString() {
            return endpoint() + "/" + bucket;
        }
    }
}
