package dev.galatea.store;

import java.net.URI;
import java.util.Map;

import dev.galatea.testsupport.SharedSystem;

record StoreSettings(URI endpoint, String accessKey, String secretKey, String bucket, String region)
        implements StoreConfig {

    static StoreSettings embedded() {
        Map<String, String> shared = SharedSystem.configuration();
        return new StoreSettings(
                URI.create(shared.get("galatea.store.endpoint")),
                shared.get("galatea.store.access-key"),
                shared.get("galatea.store.secret-key"),
                "contract-test",
                "us-east-1");
    }

    static StoreSettings fromEnvironment() {
        Map<String, String> env = System.getenv();
        return new StoreSettings(
                URI.create(env.get("GALATEA_TEST_S3_ENDPOINT")),
                env.getOrDefault("GALATEA_TEST_S3_ACCESS_KEY", ""),
                env.getOrDefault("GALATEA_TEST_S3_SECRET_KEY", ""),
                env.getOrDefault("GALATEA_TEST_S3_BUCKET", "galatea-contract-test"),
                env.getOrDefault("GALATEA_TEST_S3_REGION", "us-east-1"));
    }

    StoreSettings at(String other) {
        return new StoreSettings(URI.create(other), accessKey, secretKey, bucket, region);
    }
}
