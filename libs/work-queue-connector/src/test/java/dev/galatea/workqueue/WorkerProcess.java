package dev.galatea.workqueue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A worker in a JVM of its own, to be killed: takes one record, and keeps its lock for ever. */
final class WorkerProcess {

    private WorkerProcess() {}

    public static void main(String[] args) throws InterruptedException {
        ShareGroupSource source =
                new ShareGroupSource(Map.of("bootstrap.servers", args[0]), args[1], args[2], TestQueue.LOCK);
        HeldRecord record = null;
        while (record == null) {
            record = source.next(Duration.ofSeconds(1));
        }
        System.out.println("working on " + TestQueue.text(record));
        while (source.renew(record)) {
            Thread.sleep(source.renewalInterval().toMillis());
        }
    }

    static Process start(TestQueue queue) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        WorkerProcess.class.getName(),
                        (String) queue.broker.get("bootstrap.servers"),
                        queue.group,
                        queue.topic)
                .redirectErrorStream(true)
                .start();
    }

    static void awaitLine(Process process, String expected) throws IOException {
        StringBuilder seen = new StringBuilder();
        BufferedReader reader = process.inputReader();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.endsWith(expected)) {
                return;
            }
            seen.append(line).append('\n');
        }
        throw new AssertionError("the process ended without '" + expected + "':\n" + seen);
    }
}
