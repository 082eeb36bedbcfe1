package dev.galatea.deploy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Holds the bill of materials that the build makes against a dated list of known holes, without the network: that of
 * this repository, or the file that the system property {@code galatea.known-holes} names.
 */
class KnownHolesIT {

    private static final Path BILL = Repository.ROOT.resolve("deploy/bill-of-materials/target/galatea-bom.json");

    @Test
    void shouldNameWhatIsPackaged_inTheBillOfMaterials() throws Exception {
        Map<String, String> bill = KnownHoles.libraries(BILL);

        assertThat(ThirdPartyTest.libraries().keySet()).allSatisfy(library -> {
            String name = library.substring(0, library.lastIndexOf(':'));
            assertThat(bill).as("target/galatea-bom.json").containsEntry(name, library.substring(name.length() + 1));
        });
    }

    @Test
    void shouldPackageNothingWithAKnownHole() throws Exception {
        Path list = Path.of(System.getProperty(
                "galatea.known-holes",
                Repository.ROOT.resolve("deploy/known-holes.json").toString()));
        assumeTrue(Files.exists(list), "known holes can't be told: there is no list at " + list);

        KnownHoles holes = KnownHoles.read(list);

        assertThat(holes.of(KnownHoles.libraries(BILL)))
                .as("known holes, " + holes.date())
                .isEmpty();
        List<String> limits = holes.limits(LocalDate.now(ZoneOffset.UTC));
        System.out.println("Known holes: none of those in " + list.getFileName() + " of " + holes.date()
                + (limits.isEmpty() ? "" : ". Beyond them it can't be told: " + String.join("; ", limits)));
    }
}
