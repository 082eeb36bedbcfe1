package dev.galatea.embedded;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Broker and store as a program of their own: starts both, prints their configuration, and runs until it is asked to
 * end (SIGTERM or SIGINT). For the services as separate processes on a host that has neither.
 */
public final class EmbeddedMain {

    private static final String USAGE = "usage: EmbeddedMain --data DIRECTORY [--broker-port 9092] [--store-port 9000]"
            + " [--broker-property NAME=VALUE]...";
    private static final String BROKER_PROPERTY = "--broker-property";
    private static final Set<String> OPTIONS = Set.of("--data", "--broker-port", "--store-port", BROKER_PROPERTY);

    /** Loggers are weakly held by their manager; this keeps the level. */
    private static final Logger ROOT = Logger.getLogger("");

    private EmbeddedMain() {}

    /** Exit codes: 1 did not start, 2 wrong use; otherwise that of the signal. */
    public static void main(String[] args) throws InterruptedException {
        Map<String, String> options = new HashMap<>();
        Map<String, String> brokerProperties = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            if (!OPTIONS.contains(args[i]) || i + 1 == args.length) {
                fail(2, args[i] + ": is not an option with a value\n" + USAGE);
            }
            if (args[i].equals(BROKER_PROPERTY)) {
                String[] property = args[i + 1].split("=", 2);
                if (property.length < 2) {
                    fail(2, BROKER_PROPERTY + ": '" + args[i + 1] + "' is not NAME=VALUE\n" + USAGE);
                }
                brokerProperties.put(property[0], property[1]);
            } else {
                options.put(args[i], args[i + 1]);
            }
        }
        if (!options.containsKey("--data")) {
            fail(2, "--data: is missing\n" + USAGE);
        }
        ROOT.setLevel(Level.WARNING);
        Path data = Path.of(options.get("--data"));
        EmbeddedBroker.Builder broker =
                EmbeddedSystem.brokerIn(data).port(port(options.getOrDefault("--broker-port", "9092")));
        brokerProperties.forEach(broker::property);
        run(data, broker, port(options.getOrDefault("--store-port", "9000")));
    }

    private static void run(Path data, EmbeddedBroker.Builder broker, int storePort) throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        try {
            EmbeddedSystem system =
                    EmbeddedSystem.start(broker, EmbeddedSystem.storeIn(data).port(storePort));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                system.close();
                stopped.countDown();
            }));
            // What is printed ends in logs, where no secrets belong.
            system.configuration().forEach((key, value) -> {
                if (!key.endsWith("-key")) {
                    System.out.println(key + "=" + value);
                }
            });
            System.out.println("credentials of the store: " + data.resolve(StoreCredentials.FILE));
            System.out.println("ready");
        } catch (EmbeddedException e) {
            fail(1, String.valueOf(e.getMessage()));
        }
        stopped.await();
    }

    private static int port(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            fail(2, "port: '" + text + "' is not a number\n" + USAGE);
            return 0;
        }
    }

    private static void fail(int status, String message) {
        System.err.println(message);
        System.exit(status);
    }
}
