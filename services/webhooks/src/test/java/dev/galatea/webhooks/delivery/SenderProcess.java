package dev.galatea.webhooks.delivery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import dev.galatea.webhooks.Settings;
import dev.galatea.webhooks.http.HttpWebhookSender;

/** A replica in a JVM of its own, to be killed: {@code WORK_DIRECTORY BROKER GROUP URL}. */
final class SenderProcess {

    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

    private SenderProcess() {}

    public static void main(String[] args) throws Exception {
        // Never outlives the tests.
        ProcessHandle.current().parent().ifPresent(parent -> parent.onExit()
                .thenRun(() -> Runtime.getRuntime().halt(1)));
        Path work = Path.of(args[0]);
        HttpWebhookSender sender = new HttpWebhookSender(Settings.of(
                "allow-private-targets",
                "true",
                "timeout",
                "5m",
                "endpoints.studio.url",
                args[3],
                "endpoints.studio.secrets",
                Settings.SECRET));
        BackOff backOff = new BackOff(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofHours(1));
        Deliveries deliveries = new Deliveries(
                Map.of("bootstrap.servers", args[1]), args[2], work, sender, backOff, new SimpleMeterRegistry());
        deliveries.start();
        while (!deliveries.isRunning()) {
            Thread.sleep(50);
        }
        Files.createFile(ready(work));
        Thread.currentThread().join();
    }

    /** Starts one, and waits until it delivers. */
    static Process start(Path work, String... arguments) throws IOException, InterruptedException {
        Files.createDirectories(work);
        String[] command = new String[arguments.length + 6];
        command[0] = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        command[1] = "-Xmx192m";
        command[2] = "-cp";
        command[3] = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command[4] = SenderProcess.class.getName();
        command[5] = work.toString();
        System.arraycopy(arguments, 0, command, 6, arguments.length);
        Path output = work.resolve("output.log");
        // Into a file: a pipe that nobody reads stops the process once it is full.
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (process.isAlive() && System.nanoTime() < end) {
            if (Files.exists(ready(work))) {
                return process;
            }
            Thread.sleep(100);
        }
        process.destroyForcibly();
        throw new AssertionError("the process did not get as far as delivering:\n" + Files.readString(output));
    }

    private static Path ready(Path work) {
        return work.resolve("ready");
    }
}
