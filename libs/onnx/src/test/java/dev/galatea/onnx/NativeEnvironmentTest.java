package dev.galatea.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import ai.onnxruntime.OrtEnvironment;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.testsupport.ChildJvm;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

/** Tests that ONNX Runtime does no harm to the process that it is in. */
class NativeEnvironmentTest {

    private static final String OPENED = "opened after the hooks began";

    /** From 1.29 on it reports to its makers, and crashes of a long command line, which it searches for that. */
    @Test
    void shouldReportToNobody() throws IOException {
        String library = "/ai/onnxruntime/native/linux-x64/libonnxruntime.so";
        try (InputStream file = OrtEnvironment.class.getResourceAsStream(library)) {
            assertThat(file).as(library).isNotNull();
            assertThat(new String(file.readAllBytes(), ISO_8859_1).contains("events.data.microsoft.com"))
                    .isFalse();
        }
    }

    @Test
    void shouldOpenModels_whileTheProcessIsBeingStopped(@TempDir Path directory) throws Exception {
        Path output = directory.resolve("output");
        Process process = ChildJvm.of(Stopping.class)
                .directory(directory.toFile()) // a crash leaves its report there
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(output)).isZero();
            assertThat(Files.readString(output)).contains(OPENED);
        } finally {
            process.destroyForcibly();
        }
    }

    /** A process that opens one model after the other while it stops: its own hook takes its time, as Quarkus' does. */
    static final class Stopping {

        private static final long STOPPING_MILLIS = 500;

        private static volatile boolean stopping;
        private static volatile boolean opened;

        public static void main(String[] arguments) throws Exception {
            OnnxRuntime runtime = new OnnxRuntime(OnnxConfigs.of(Map.of()), new SimpleMeterRegistry());
            Path file = OnnxModelTest.fixture("doubling.onnx");
            Thread opener = new Thread(() -> open(runtime, file), "opener");
            opener.setDaemon(true);
            Runtime.getRuntime().addShutdownHook(new Thread(Stopping::stop));
            opener.start();
            System.exit(0);
        }

        private static void open(OnnxRuntime runtime, Path file) {
            try {
                while (true) {
                    boolean began = stopping;
                    runtime.open("decoder", file, OnnxSignature.DECODER).close();
                    opened |= began;
                }
            } catch (Exception e) {
                e.printStackTrace();
                Runtime.getRuntime().halt(1);
            }
        }

        private static void stop() {
            stopping = true;
            try {
                Thread.sleep(STOPPING_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            System.out.println(opened ? OPENED : "none");
        }
    }
}
