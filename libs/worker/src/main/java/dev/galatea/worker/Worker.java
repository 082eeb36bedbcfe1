package dev.galatea.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** The name of this process in progress events and in the {@code source} of CloudEvents. Thread-safe. */
@ApplicationScoped
public class Worker {

    private final String name;

    @Inject
    public Worker(WorkerConfig config) {
        name = config.workerName()
                .orElseGet(() -> hostName() + "-" + ProcessHandle.current().pid());
    }

    /** The configured name, or host and process id. */
    public String name() {
        return name;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
