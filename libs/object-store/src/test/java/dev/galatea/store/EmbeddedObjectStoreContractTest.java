package dev.galatea.store;

class EmbeddedObjectStoreContractTest extends ObjectStoreContract {

    @Override
    StoreSettings settings() {
        return StoreSettings.embedded();
    }
}
