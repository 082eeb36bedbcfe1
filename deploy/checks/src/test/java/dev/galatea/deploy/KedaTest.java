package dev.galatea.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The ScaledObjects against the schema of KEDA's own types, in the version of {@code @kubernetes-models/keda} that is
 * pinned in {@code src/test/node}. It refuses wrong types and values, but no field that KEDA does not know:
 * {@link ManifestsTest} does. Needs Node.js and npm, and npm's registry; without them it is skipped, and says so.
 */
class KedaTest {

    /** Gives up a registry that does not answer before {@link Repository#run} fails. */
    private static final String INSTALL =
            "npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=0 --fetch-timeout=60000";

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path directory;

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        for (Path file : Repository.files("deploy/checks/src/test/node", "")) {
            Files.copy(file, directory.resolve(file.getFileName()));
        }
        require(Repository.run(directory, "node", "--version"), "Node.js is not there (Debian package nodejs)");
        require(Repository.run(directory, INSTALL.split(" ")), "npm can't install KEDA's types (Debian package npm)");
    }

    private static void require(Optional<Repository.Output> output, String otherwise) {
        boolean done = output.filter(o -> o.exitCode() == 0).isPresent();
        if (!done) {
            System.out.println("skipped: ScaledObjects were not held against KEDA's types, because " + otherwise + ": "
                    + output.map(o -> o.text().strip()).orElse("not found"));
        }
        Assumptions.assumeTrue(done, otherwise);
    }

    @ParameterizedTest
    @MethodSource("dev.galatea.deploy.ManifestsTest#sets")
    void shouldAcceptEveryScaledObject(Manifests set) throws IOException, InterruptedException {
        List<JsonNode> objects = set.of("ScaledObject").toList();

        assertThat(verdicts(objects))
                .containsExactlyElementsOf(objects.stream()
                        .map(object -> "accepted " + Manifests.nameOf(object))
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({
        "/spec/triggers/0/metadata, threshold, 30, must be string",
        "/spec/fallback, behavior, '\"sometimes\"', must be equal to one of the allowed values",
        "/spec, maxReplicaCount, '\"8\"', must be integer",
        "/spec/scaleTargetRef, name, null, must be string",
    })
    void shouldRefuseAScaledObject_whenAValueSlipped(String parent, String field, String value, String why)
            throws IOException, InterruptedException {
        JsonNode object = Manifests.base().find("ScaledObject", "denoising").orElseThrow();
        ((ObjectNode) object.at(parent)).set(field, JSON.readTree(value));

        assertThat(verdicts(List.of(object))).singleElement().satisfies(verdict -> assertThat(verdict)
                .startsWith("refused denoising: ")
                .contains(parent + "/" + field + " " + why));
    }

    private static List<String> verdicts(List<JsonNode> objects) throws IOException, InterruptedException {
        Path file = Files.write(directory.resolve("objects.json"), JSON.writeValueAsBytes(objects));
        Repository.Output output = Repository.run(directory, "node", "accepts.mjs", file.toString())
                .orElseThrow();
        assertThat(output.exitCode()).as(output.text()).isZero();
        return output.text().lines().toList();
    }
}
