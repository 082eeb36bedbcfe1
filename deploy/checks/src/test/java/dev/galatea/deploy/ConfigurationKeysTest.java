package dev.galatea.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

/** Holds the list of keys that a start accepts against the configuration mappings of all modules. */
class ConfigurationKeysTest {

    @Test
    void shouldListTheKeysThatTheMappingsHave() throws IOException {
        TreeSet<String> listed = Files.readAllLines(Repository.ROOT.resolve(
                        "libs/worker/src/main/resources/META-INF/galatea/configuration-keys.txt"))
                .stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .collect(toCollection(TreeSet::new));

        assertThat(listed).isEqualTo(Configuration.keys());
    }
}
