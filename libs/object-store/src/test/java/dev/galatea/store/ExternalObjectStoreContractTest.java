package dev.galatea.store;

import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

@EnabledIfEnvironmentVariable(
        named = "GALATEA_TEST_S3_ENDPOINT",
        matches = "http.*",
        disabledReason = "no other store was named: set GALATEA_TEST_S3_ENDPOINT, GALATEA_TEST_S3_ACCESS_KEY and"
                + " GALATEA_TEST_S3_SECRET_KEY to run the contract there")
class ExternalObjectStoreContractTest extends ObjectStoreContract {

    @Override
    StoreSettings settings() {
        return StoreSettings.fromEnvironment();
    }
}
