package dev.galatea.bundles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.testsupport.HostileJson;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Tests that no value of any field of a manifest makes its reader fail in another way than by refusing the bundle. */
class HostileManifestTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"pebble", "pebble-turbo"})
    void shouldOpenOrRefuse_whateverAFieldHolds(String bundle) throws IOException {
        Path models = Path.of("../../models").resolve(bundle);
        List<String> variants = HostileJson.variants(Files.readString(models.resolve(BundleLoader.MANIFEST)));
        BundleLoader loader = new BundleLoader(directory.resolve("cache"));
        int refused = 0;
        for (String variant : variants) {
            Files.write(directory.resolve(BundleLoader.MANIFEST), variant.getBytes(UTF_8));
            try {
                loader.load(directory);
            } catch (BundleException e) {
                refused++;
                assertThat(e.getMessage()).startsWith(directory.toString());
            }
        }
        assertThat(refused).isPositive();
    }
}
