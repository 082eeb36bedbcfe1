package dev.galatea.standalone.cli;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import dev.galatea.embedded.Ports;
import dev.galatea.embedded.StoreCredentials;
import dev.galatea.standalone.StandaloneSystem;

/** {@code ./galatea serve}: keeps the system up until it is stopped. */
@Command(
        name = "serve",
        description = "Runs the whole system until Ctrl-C: the HTTP API, and a broker that other programs can use.",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {

    @Mixin
    HttpOptions http = new HttpOptions();

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            defaultValue = "9092",
            description = "Kafka port (default: ${DEFAULT-VALUE}).")
    int kafkaPort;

    @Option(
            names = "--store-port",
            paramLabel = "PORT",
            defaultValue = "9000",
            description = "S3 port (default: ${DEFAULT-VALUE}).")
    int storePort;

    @Mixin
    DataDirectoryOption data = new DataDirectoryOption();

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        Map<String, Integer> ports = new LinkedHashMap<>();
        ports.put("--port", http.port);
        ports.put("--management-port", http.management());
        ports.put("--kafka-port", kafkaPort);
        ports.put("--store-port", storePort);
        requireFree(ports);
        InstalledBundles.read(spec, data.resolve());
        if (http.isOpen()) {
            System.err.printf(
                    "galatea: HTTP is open to everybody who reaches %s:%d, and nobody is authenticated:"
                            + " put a proxy that authenticates in front of it%n",
                    http.host, http.port);
        }
        return StandaloneSystem.inDirectory(data.resolve())
                .http(http.host, http.port)
                .managementPort(http.management())
                .kafkaPort(kafkaPort)
                .storePort(storePort)
                .shared()
                .run(new ServeJob(
                        http.port,
                        http.management(),
                        kafkaPort,
                        storePort,
                        data.resolve().resolve(StoreCredentials.FILE)));
    }

    /** A port that is taken would show only when half of the system is up. */
    private void requireFree(Map<String, Integer> ports) {
        Set<Integer> seen = new HashSet<>();
        ports.forEach((option, number) -> {
            if (!seen.add(number)) {
                throw new ParameterException(
                        spec.commandLine(), option + ": " + number + " is given twice; valid are different ports");
            }
            Ports.problem(number).ifPresent(problem -> {
                throw new ParameterException(spec.commandLine(), option + ": " + number + " " + problem);
            });
        });
    }
}
