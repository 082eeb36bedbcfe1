package dev.galatea.standalone.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options for where the HTTP door and the management interface listen. */
final class HttpOptions {

    /** From the port of the API, so that systems on neighbouring ports don't meet. */
    private static final int TO_MANAGEMENT = 9;

    private static final int LARGEST_PORT = 65_535;

    @Spec(Target.MIXEE)
    @Nullable
    CommandSpec command;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "Address at which HTTP is served (default: ${DEFAULT-VALUE}, this computer only)."
                    + " Nobody is authenticated: whoever reaches it can do everything.")
    String host = "127.0.0.1";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "HTTP port (default: ${DEFAULT-VALUE}).")
    int port;

    @Option(
            names = "--management-port",
            paramLabel = "PORT",
            description = "Port of health and metrics, on this computer only (default: the HTTP port plus 9).")
    @Nullable
    Integer managementPort;

    int management() {
        int derived = port + TO_MANAGEMENT <= LARGEST_PORT ? port + TO_MANAGEMENT : port - TO_MANAGEMENT;
        return managementPort == null ? derived : managementPort;
    }

    /** Whether others than this computer can reach the API. */
    boolean isOpen() {
        try {
            return !InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new ParameterException(
                    java.util.Objects.requireNonNull(command, "set by picocli").commandLine(),
                    "--host: '" + host + "' is no address of this computer; valid are 127.0.0.1, 0.0.0.0 for all, "
                            + "and the addresses of its interfaces");
        }
    }
}
