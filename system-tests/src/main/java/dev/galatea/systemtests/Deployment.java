package dev.galatea.systemtests;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * The services as processes of their own, by {@code deploy/separate-processes}, on free ports. Services reach the store
 * through {@code proxyPort}. Not thread-safe.
 */
final class Deployment implements AutoCloseable {

    static final String EMBEDDED = "embedded";
    static final String DENOISING = "denoising";
    static final String DECODING = "decoding";
    static final String JOB_TRACKING = "job-tracking";

    /** Ports are kept for so many. */
    private static final int MAX_DENOISERS = 3;

    private static final Duration KILL_LIMIT = Duration.ofSeconds(30);
    private static final Duration SCRIPT_LIMIT = Duration.ofMinutes(5);

    private static final String PID = ".pid";

    /** The broker, the store, the store's proxy, the controller, a second broker. */
    private static final int OTHER_PORTS = 5;

    /** HTTP ports of three replicas of each service; see the script. */
    private static final int HTTP_PORTS = 30;

    private final DrillSettings settings;
    private final Path script;
    private final int portBase;
    private final Map<String, String> environment = new HashMap<>();

    Deployment(DrillSettings settings, int portBase, int proxyPort) {
        this.settings = settings;
        this.script = settings.root().resolve("deploy/separate-processes");
        this.portBase = portBase;
        environment.put("GALATEA_PORT_BASE", Integer.toString(portBase));
        environment.put("GALATEA_KAFKA_PORT", Integer.toString(portBase + HTTP_PORTS));
        environment.put("GALATEA_STORE_PORT", Integer.toString(storePort()));
        environment.put("GALATEA_STORE_ENDPOINT", "http://127.0.0.1:" + proxyPort);
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("GALATEA_BROKER_PROPERTIES", firstBrokerProperties());
        environment.put("GALATEA_QUEUE_LOCK_DURATION", settings.lock().toString());
        // As much shorter than the lock as it is by default.
        environment.put(
                "GALATEA_QUEUE_GRACE_PERIOD",
                settings.lock().multipliedBy(2).dividedBy(3).toString());
        environment.put("GALATEA_DENOISING_CHECKPOINT_EVERY_STEPS", Integer.toString(settings.checkpointEvery()));
        environment.put("GALATEA_DENOISING_CHECKPOINT_INTERVAL", "PT1H");
        environment.put("GALATEA_DENOISING_PREVIEW_EVERY", "4");
        environment.put("GALATEA_ONNX_THREADS", "1");
        environment.put("GALATEA_TOPICS_PATIENCE", "PT5M");
        environment.put("GALATEA_BUNDLES_PATH", models().toString());
        environment.put("GALATEA_POOLS_LARGE_BUNDLES", DrillBundles.POOLED_BUNDLE);
        environment.put("GALATEA_JOB_TRACKING_SWEEP_INTERVAL", "PT1S");
        environment.put("GALATEA_JOB_TRACKING_OBJECTS_SWEEP_INTERVAL", "PT1S");
        environment.put("GALATEA_JOB_TRACKING_OBJECTS_GRACE", "PT1S");
    }

    /** The first of a run of ports that are free now, and the store proxy's after them. */
    static int freePorts() throws IOException {
        for (int base = 21_000; base < 60_000; base += 100) {
            if (free(base, HTTP_PORTS + OTHER_PORTS)) {
                return base;
            }
        }
        throw new IOException("no " + (HTTP_PORTS + OTHER_PORTS) + " free ports in a row");
    }

    static int proxyPort(int portBase) {
        return portBase + HTTP_PORTS + 2;
    }

    /** The HTTP address of job-tracking, which is the script's second service. */
    int jobTrackingPort() {
        return portBase + 1;
    }

    int storePort() {
        return portBase + HTTP_PORTS + 1;
    }

    /** The directory in which the process "embedded" keeps objects. */
    Path storeDirectory() {
        return dataDirectory().resolve("store");
    }

    private Path models() {
        return settings.directory().toAbsolutePath().resolve("models");
    }

    /** The data directory of the process "embedded". */
    Path dataDirectory() {
        return settings.directory().resolve("data");
    }

    int controllerPort() {
        return portBase + HTTP_PORTS + 3;
    }

    int secondBrokerPort() {
        return portBase + HTTP_PORTS + 4;
    }

    /** What brokers of the deployment have in common. */
    Map<String, String> brokerProperties() {
        long lock = settings.lock().toMillis();
        return Map.of(
                "group.share.min.record.lock.duration.ms",
                Long.toString(Math.min(lock, 15_000)),
                "group.share.min.session.timeout.ms",
                "3000",
                "group.share.min.heartbeat.interval.ms",
                "500",
                "auto.create.topics.enable",
                "false");
    }

    /** With a controller that others can find. */
    private String firstBrokerProperties() {
        Map<String, String> properties = new LinkedHashMap<>(brokerProperties());
        properties.put("controller.quorum.voters", SecondBroker.FIRST + "@127.0.0.1:" + controllerPort());
        properties.put(
                "listeners", "PLAINTEXT://" + bootstrapServers() + ",CONTROLLER://127.0.0.1:" + controllerPort());
        return properties.entrySet().stream()
                .map(property -> property.getKey() + "=" + property.getValue())
                .collect(Collectors.joining(" "));
    }

    String bootstrapServers() {
        return "127.0.0.1:" + (portBase + HTTP_PORTS);
    }

    void up() throws IOException, InterruptedException {
        DrillBundles.prepare(settings.root().resolve("models"), models());
        script("up");
    }

    /** Lets so many denoisers run, of at most three; the first one is there already. */
    void denoisers(int count) throws IOException, InterruptedException {
        for (int replica = 2; replica <= MAX_DENOISERS; replica++) {
            String name = DENOISING + "-" + replica;
            if (replica <= count) {
                start(name);
            } else if (Files.exists(pidFile(name))) {
                stop(name);
            }
        }
    }

    /** Starts one process and waits until it is ready. */
    void start(String name) throws IOException, InterruptedException {
        script("start", name);
    }

    /** Starts one process with more variables than the others have. */
    void start(String name, Map<String, String> variables) throws IOException, InterruptedException {
        script(variables, "start", name);
    }

    /** SIGTERM, and waits for the end. */
    void stop(String name) throws IOException, InterruptedException {
        script("stop", name);
    }

    /** SIGKILL, and waits until the process is gone. */
    void kill(String name) throws IOException, InterruptedException {
        kill(List.of(name));
    }

    /** SIGKILL to all of them before any of them is waited for. */
    void kill(List<String> names) throws IOException, InterruptedException {
        Map<String, ProcessHandle> processes = new LinkedHashMap<>();
        for (String name : names) {
            processes.put(
                    name,
                    ProcessHandle.of(pid(name))
                            .orElseThrow(() -> new DrillException(name + " does not run, so it can't be killed")));
        }
        processes.values().forEach(ProcessHandle::destroyForcibly);
        for (Map.Entry<String, ProcessHandle> process : processes.entrySet()) {
            if (!hasEnded(process.getValue(), KILL_LIMIT)) {
                throw new IOException(process.getKey() + " survived SIGKILL for " + KILL_LIMIT);
            }
        }
    }

    /** The names of the processes that run. */
    List<String> running() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(settings.directory(), "*" + PID)) {
            for (Path file : files) {
                String name = file.getFileName().toString().replace(PID, "");
                if (ProcessHandle.of(pid(name)).isPresent()) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    /** Waits until a process ends by itself; says whether it did. */
    boolean awaitEnd(String name, Duration limit) throws IOException, InterruptedException {
        ProcessHandle process = ProcessHandle.of(pid(name)).orElse(null);
        return process == null || hasEnded(process, limit);
    }

    private static boolean hasEnded(ProcessHandle process, Duration limit) throws InterruptedException {
        try {
            process.onExit().get(limit.toSeconds(), TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /** Sends a signal and returns at once. */
    void signal(String name, String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid(name)))
                .inheritIO()
                .start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill -" + signal + " " + name + " failed");
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        script("down");
    }

    private long pid(String name) throws IOException {
        return Long.parseLong(Files.readString(pidFile(name)).strip());
    }

    private Path pidFile(String name) {
        return settings.directory().resolve(name + PID);
    }

    private void script(String action, String... names) throws IOException, InterruptedException {
        script(Map.of(), action, names);
    }

    private void script(Map<String, String> variables, String action, String... names)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(script.toString(), action));
        command.addAll(List.of(names));
        command.add(settings.directory().toString());
        Path output = settings.directory().resolve("script.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().putAll(environment);
        builder.environment().putAll(variables);
        Process process = builder.start();
        if (!process.waitFor(SCRIPT_LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + " failed; see " + output);
        }
    }

    private static boolean free(int base, int count) {
        for (int port = base; port < base + count; port++) {
            try (ServerSocket ignored = new ServerSocket(port)) {
                continue;
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }
}
