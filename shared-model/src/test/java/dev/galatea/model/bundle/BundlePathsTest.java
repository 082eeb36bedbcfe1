package dev.galatea.model.bundle;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.id.Sha256;

import static dev.galatea.model.bundle.BundleLoaderTest.assertRefused;

/** Files of a bundle lie in it, and are those that the manifest tells of. */
class BundlePathsTest {

    @TempDir
    Path temp;

    private BundleFixture fixture;

    @BeforeEach
    void makeBundle() {
        fixture = BundleFixture.in(temp.resolve("tiny"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../denoiser.onnx",
                "/etc/passwd",
                "a/../../denoiser.onnx",
                "a\\b",
                "C:x",
                "a//b",
                "./denoiser.onnx",
                "",
                "..",
                "a/..",
                "a\u0000b"
            })
    void shouldRefuse_whenPathLeavesBundle(String path) {
        fixture.entry("denoiser").put("path", path);

        assertRefused(fixture::load, Code.ESCAPING_PATH, "files.denoiser.path", "must ");
    }

    @Test
    void shouldRefuse_whenLinkLeavesBundle() throws Exception {
        Path outside = Files.write(temp.resolve("outside.onnx"), BundleFixture.model());
        Files.delete(fixture.directory.resolve("denoiser.onnx"));
        Files.createSymbolicLink(fixture.directory.resolve("denoiser.onnx"), outside);
        Bundle bundle = fixture.load();

        assertRefused(
                () -> bundle.file("denoiser"), Code.ESCAPING_PATH, "files.denoiser.path", "link out of the bundle");
    }

    @Test
    void shouldRefuse_whenDirectoryLinkLeavesBundle() throws Exception {
        Path outside = Files.createDirectories(temp.resolve("outside"));
        Files.write(outside.resolve("denoiser.onnx"), BundleFixture.model());
        Files.createSymbolicLink(fixture.directory.resolve("linked"), outside);
        fixture.entry("denoiser").put("path", "linked/denoiser.onnx");
        Bundle bundle = fixture.load();

        assertRefused(() -> bundle.file("denoiser"), Code.ESCAPING_PATH, "link out of the bundle");
    }

    @Test
    void shouldRefuse_whenFileIsAbsentOrAltered() throws Exception {
        Bundle bundle = fixture.load();
        Path file = fixture.directory.resolve("denoiser.onnx");
        byte[] content = Files.readAllBytes(file);

        content[content.length - 1] ^= 1;
        Files.write(file, content);
        assertRefused(() -> bundle.file("denoiser"), Code.DIGEST_MISMATCH, "has sha256 " + Sha256.of(content));

        Files.write(file, new byte[3]);
        assertRefused(() -> bundle.file("denoiser"), Code.LENGTH_MISMATCH, "has 3 bytes; the manifest says");

        Files.delete(file);
        assertRefused(() -> bundle.file("denoiser"), Code.MISSING_FILE, "files.denoiser.path: denoiser.onnx");

        Files.createDirectory(file);
        assertRefused(() -> bundle.file("denoiser"), Code.MISSING_FILE, "is not a file");
    }

    @Test
    void shouldRefuse_whenEntryHasBothOrNeitherPlace() {
        fixture.entry("denoiser").put("classpath", "x.onnx");
        assertRefused(fixture::load, Code.INVALID_MANIFEST, "files.denoiser: must have either path or classpath");

        fixture.entry("denoiser").remove(List.of("path", "classpath"));
        assertRefused(fixture::load, Code.INVALID_MANIFEST, "files.denoiser: must have either path or classpath");
    }
}
