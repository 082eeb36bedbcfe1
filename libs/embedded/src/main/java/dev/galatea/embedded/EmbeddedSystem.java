package dev.galatea.embedded;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Broker and store together, under one data directory. Thread-safe. */
public final class EmbeddedSystem implements AutoCloseable {

    private final EmbeddedBroker broker;
    private final EmbeddedObjectStore store;

    private EmbeddedSystem(EmbeddedBroker broker, EmbeddedObjectStore store) {
        this.broker = broker;
        this.store = store;
    }

    /** Starts both with their defaults. */
    public static EmbeddedSystem start(Path data, int brokerPort, int storePort) {
        return start(brokerIn(data).port(brokerPort), storeIn(data).port(storePort));
    }

    /** Starts both, or neither. */
    public static EmbeddedSystem start(EmbeddedBroker.Builder broker, EmbeddedObjectStore.Builder store) {
        EmbeddedSystem system = begin(broker, store);
        try {
            system.awaitStarted();
            return system;
        } catch (RuntimeException e) {
            system.close();
            throw e;
        }
    }

    /** Begins to start the broker, for which {@link #awaitStarted} waits, and starts the store meanwhile. */
    public static EmbeddedSystem begin(EmbeddedBroker.Builder broker, EmbeddedObjectStore.Builder store) {
        EmbeddedBroker begun = broker.begin();
        try {
            return new EmbeddedSystem(begun, store.start(begun.ports()));
        } catch (RuntimeException e) {
            begun.close();
            throw e;
        }
    }

    /**
     * Waits until the broker takes requests.
     *
     * @throws EmbeddedException if it doesn't start
     */
    public void awaitStarted() {
        broker.awaitStarted();
    }

    /** The broker's place under a data directory. */
    public static EmbeddedBroker.Builder brokerIn(Path data) {
        return EmbeddedBroker.builder(data.resolve("broker"));
    }

    /**
     * The store's place under a data directory, with the directory's own credentials.
     *
     * @throws EmbeddedException if these can't be read or made
     */
    public static EmbeddedObjectStore.Builder storeIn(Path data) {
        return EmbeddedObjectStore.builder(data.resolve("store")).credentials(StoreCredentials.in(data));
    }

    /** The broker. */
    public EmbeddedBroker broker() {
        return broker;
    }

    /** The store. */
    public EmbeddedObjectStore store() {
        return store;
    }

    /** The configuration with which services use both. */
    public Map<String, String> configuration() {
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("kafka.bootstrap.servers", broker.bootstrapServers());
        configuration.put("galatea.store.endpoint", store.endpoint().toString());
        configuration.put("galatea.store.access-key", store.accessKey());
        configuration.put("galatea.store.secret-key", store.secretKey());
        configuration.put("galatea.store.bucket", store.bucket());
        return configuration;
    }

    /** Stops both, side by side. */
    @Override
    public void close() {
        CompletableFuture<Void> stopped =
                CompletableFuture.runAsync(store::close, task -> new Thread(task, "store-stop").start());
        try {
            broker.close();
        } finally {
            stopped.join();
        }
    }
}
