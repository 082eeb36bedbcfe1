package dev.galatea.plumbing.store;

class EmbeddedObjectStoreContractTest extends ObjectStoreContract {

    @Override
    StoreSettings settings() {
        return StoreSettings.embedded();
    }
}
