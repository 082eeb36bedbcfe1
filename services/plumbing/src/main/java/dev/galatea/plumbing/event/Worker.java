package dev.galatea.plumbing.event;

import java.net.InetAddress;
import java.net.UnknownHostException;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import dev.galatea.plumbing.config.GalateaConfig;

/** Who this process is, for people who read progress events and for the {@code source} of CloudEvents. Thread-safe. */
@ApplicationScoped
public class Worker {

    private final String name;

    @Inject
    Worker(GalateaConfig config) {
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
