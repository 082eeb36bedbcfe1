package dev.galatea.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.galatea.model.failure.PoisonException;

import static org.assertj.core.api.Assertions.assertThat;

class ProblemTest {

    static Stream<Arguments> failures() {
        IOException full = new FileSystemException("/data/x", null, "No space left on device");
        return Stream.of(
                Arguments.of(
                        "what our own code says",
                        new RuntimeException("Failed to start", new PoisonException("c", "latents: are bad", full)),
                        "latents: are bad"),
                Arguments.of(
                        "a full disk, wherever it is found",
                        new RuntimeException("Failed to start", new UncheckedIOException(full)),
                        "java.nio.file.FileSystemException: /data/x: No space left on device"),
                Arguments.of(
                        "a message for people below a framework's and above a cause",
                        new RuntimeException(
                                "Failed to start",
                                new IllegalStateException(
                                        "galatea.bundles.path: is wrong", new NoSuchFileException("/x"))),
                        "galatea.bundles.path: is wrong"),
                Arguments.of("a file", new AccessDeniedException("/x", "/y", null), "/x: permission denied"),
                Arguments.of(
                        "something unforeseen",
                        new RuntimeException(new NullPointerException()),
                        "java.lang.NullPointerException"),
                Arguments.of(
                        "no memory",
                        new OutOfMemoryError("Java heap space"),
                        "out of memory: Java heap space; GALATEA_MAX_HEAP=2g would allow more"),
                Arguments.of("several lines", new IllegalStateException("one\n two\u001b[2J\n"), "one; two\\u001b[2J"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failures")
    void shouldSay(String what, Throwable failure, String expected) {
        assertThat(Problem.of(failure)).isEqualTo(expected);
        assertThat(new StartFailedException(failure)).hasMessage(expected);
        assertThat(Problem.of(new StartFailedException(failure))).isEqualTo(expected);
    }

    @Test
    void shouldSayWhyAFileCanNotBeUsed() {
        assertThat(Problem.reason(new AccessDeniedException("/x"))).isEqualTo("permission denied");
        assertThat(Problem.reason(new NoSuchFileException("/x"))).isEqualTo("it is not there");
        assertThat(Problem.reason(new FileSystemException("/x", null, "Read-only file system")))
                .isEqualTo("Read-only file system");
        assertThat(Problem.reason(new IOException("broken"))).isEqualTo("broken");
    }
}
