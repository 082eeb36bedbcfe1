package dev.galatea.standalone.cli;

import java.nio.file.Path;

import io.quarkus.runtime.Quarkus;

import dev.galatea.standalone.SystemJob;

/** Says where everything is, then waits for the end. */
record ServeJob(int httpPort, int managementPort, int kafkaPort, int storePort, Path credentials) implements SystemJob {

    @Override
    public int run() {
        System.out.printf(
                "Galatea is up.%n  HTTP   http://localhost:%d/v1/videos%n  Health http://localhost:%d/q/health%n"
                        + "  Kafka  localhost:%d%n  S3     http://localhost:%d, with the credentials in %s%n"
                        + "Stop with Ctrl-C; unfinished jobs continue at the next start.%n",
                httpPort, managementPort, kafkaPort, storePort, credentials);
        Quarkus.waitForExit();
        return ExitCodes.DONE;
    }
}
