package dev.galatea.deploy;

import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Holds THIRD-PARTY.txt against the libraries that the build packaged. */
class ThirdPartyIT {

    private static final String PACKAGED = "services/standalone/target/quarkus-app/quarkus-app-dependencies.txt";

    @Test
    void shouldListWhatIsPackaged() {
        assertThat(new TreeSet<>(ThirdPartyTest.libraries().keySet()))
                .as("THIRD-PARTY.txt; its head says how it is made again")
                .isEqualTo(packaged());
    }

    /** Lines are group:artifact:classifier:type:version; a library of one platform stands for those of all. */
    private static Set<String> packaged() {
        Set<String> libraries = new TreeSet<>();
        for (String line : Repository.read(PACKAGED).lines().toList()) {
            String[] parts = line.split(":");
            if (!parts[0].equals("dev.galatea")) {
                libraries.add(parts[0] + ":" + parts[1] + ":" + parts[4]);
            }
        }
        return libraries;
    }
}
