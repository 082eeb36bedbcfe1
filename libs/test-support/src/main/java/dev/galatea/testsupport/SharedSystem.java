package dev.galatea.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

import org.apache.kafka.common.utils.Utils;

import dev.galatea.embedded.EmbeddedException;
import dev.galatea.embedded.EmbeddedSystem;

/**
 * One broker and one store for all tests of a JVM, started on first use and stopped with the JVM. Record locks may be
 * as short as a second. Tests share the topics: they tell their jobs apart by id. Thread-safe, and the same for every
 * class loader of the JVM.
 */
public final class SharedSystem {

    private static final String PREFIX = SharedSystem.class.getName() + "/";

    /**
     * The same object for all class loaders, and nobody else's: while the JDK loads time zones it locks the properties.
     */
    private static final Object LOCK = PREFIX.intern();

    private SharedSystem() {}

    /** The configuration keys {@code kafka.bootstrap.servers} and {@code galatea.store.*}. */
    public static Map<String, String> configuration() {
        // What all class loaders see.
        Properties shared = System.getProperties();
        synchronized (LOCK) {
            Map<String, String> known = new LinkedHashMap<>();
            for (String name : shared.stringPropertyNames()) {
                if (name.startsWith(PREFIX)) {
                    known.put(name.substring(PREFIX.length()), shared.getProperty(name));
                }
            }
            if (known.isEmpty()) {
                known = start().configuration();
                known.forEach((name, value) -> shared.setProperty(PREFIX + name, value));
            }
            return known;
        }
    }

    /** The broker's address for clients of a test. */
    public static String bootstrapServers() {
        return Objects.requireNonNull(configuration().get("kafka.bootstrap.servers"));
    }

    private static EmbeddedSystem start() {
        Path data = temporaryDirectory();
        EmbeddedSystem system = EmbeddedSystem.start(
                EmbeddedSystem.brokerIn(data)
                        .shareLocks(Duration.ofSeconds(1), Duration.ofSeconds(15), Duration.ofMinutes(1)),
                EmbeddedSystem.storeIn(data));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                system.close();
                Utils.delete(data.toFile());
            } catch (IOException e) {
                throw new EmbeddedException("test data: " + data + " can't be removed", e);
            }
        }));
        return system;
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("galatea-test");
        } catch (IOException e) {
            throw new EmbeddedException("test data: no temporary directory can be made", e);
        }
    }
}
