package dev.galatea.deploy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The list of known holes finds what it lists, and says what it can't tell. */
class KnownHolesTest {

    private static final Path LIST = Repository.ROOT.resolve("deploy/known-holes.json");

    @TempDir
    Path directory;

    @Test
    void shouldFindAHole_onlyInTheVersionsThatHaveIt() throws Exception {
        KnownHoles holes = KnownHoles.read(LIST);

        assertThat(holes.of(Map.of("io.netty:netty-codec-http", "4.1.130.Final")))
                .anyMatch(line -> line.startsWith("CVE-2026-33870 in io.netty:netty-codec-http:4.1.130.Final"))
                .noneMatch(line -> line.startsWith("CVE-2026-89044"));
        assertThat(holes.of(Map.of("io.netty:netty-codec-http", "4.1.135.Final")))
                .anyMatch(line -> line.startsWith("CVE-2026-89044"))
                .noneMatch(line -> line.startsWith("CVE-2026-33870"));
        assertThat(holes.of(Map.of("io.netty:netty-codec-http", "4.1.138.Final")))
                .isEmpty();
        assertThat(holes.of(Map.of("io.netty:netty-codec-http2", "4.2.9.Final")))
                .anyMatch(line -> line.startsWith("CVE-2026-33871"));
    }

    @Test
    void shouldSayWhatItCannotTell() throws Exception {
        KnownHoles holes = KnownHoles.read(LIST);

        assertThat(holes.limits(holes.date()))
                .containsExactly(
                        "the list has " + holes.advisories().size() + " advisories, not all that are published");
        assertThat(holes.limits(holes.date().plusDays(KnownHoles.DAYS + 1))).hasSize(2);
        assertThat(new KnownHoles(LocalDate.EPOCH, true, List.of()).limits(LocalDate.EPOCH))
                .isEmpty();
    }

    @Test
    void shouldReadABillOfMaterials() throws Exception {
        Path bill = Files.writeString(directory.resolve("bom.json"), """
                {"bomFormat": "CycloneDX", "components": [
                  {"group": "io.netty", "name": "netty-codec-http2", "version": "4.1.131.Final"}]}
                """);

        assertThat(KnownHoles.libraries(bill))
                .containsExactly(Map.entry("io.netty:netty-codec-http2", "4.1.131.Final"));
    }
}
