package dev.galatea.standalone;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

import dev.galatea.standalone.cli.GalateaCommand;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A lambda of an interface whose class file is older than version 50 crashes JDK 17 when classes are archived
 * ({@code SystemDictionaryShared::adjust_lambda_proxy_class_dictionary}), and every start is slow then. Picocli's
 * interfaces are such.
 */
class ArchivableLambdasTest {

    /** The descriptor of a call site that makes a lambda ends in the interface that it implements. */
    private static final Pattern LAMBDA = Pattern.compile("\\)Lpicocli/CommandLine\\$I[A-Za-z]+;");

    @Test
    void shouldFindOldInterfacesInPicocli() throws Exception {
        try (var in = CommandLine.class.getResourceAsStream("CommandLine$ITypeConverter.class")) {
            byte[] header = in.readNBytes(8);
            assertThat((int) header[7])
                    .as("if this is 50 or later, lambdas are archived")
                    .isLessThan(50);
        }
    }

    @Test
    void shouldNotMakeLambdasOfThem() throws Exception {
        Path classes = Path.of(GalateaCommand.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (Stream<Path> files = Files.walk(classes)) {
            List<Path> found = files.filter(file -> file.toString().endsWith(".class"))
                    .filter(ArchivableLambdasTest::makesOne)
                    .toList();
            assertThat(found).isEmpty();
        }
    }

    private static boolean makesOne(Path file) {
        try {
            return LAMBDA.matcher(new String(Files.readAllBytes(file), ISO_8859_1))
                    .find();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
