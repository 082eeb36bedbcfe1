package dev.galatea.standalone.cli;

import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import dev.galatea.standalone.StandaloneSystem;

/** {@code ./galatea serve}: keeps the system up until it is stopped. */
@Command(
        name = "serve",
        description = "Runs the whole system until Ctrl-C: the HTTP API, and a broker that other programs can use.",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "HTTP port (default: ${DEFAULT-VALUE}).")
    int port;

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

    @Override
    public Integer call() {
        return StandaloneSystem.inDirectory(data.resolve())
                .httpPort(port)
                .kafkaPort(kafkaPort)
                .storePort(storePort)
                .run(new ServeJob(port, kafkaPort, storePort));
    }
}
