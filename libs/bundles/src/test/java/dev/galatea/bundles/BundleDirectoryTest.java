package dev.galatea.bundles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.testsupport.BundleVariants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BundleDirectoryTest {

    @TempDir
    Path temp;

    private Path source;
    private BundleDirectory bundles;

    @BeforeEach
    void makeSource() {
        source = TestBundles.copyOfStub(temp.resolve("source"));
        bundles = new BundleDirectory(temp.resolve("models"), new BundleLoader(temp.resolve("cache")));
    }

    @Test
    void shouldCopyABundleWithItsPapers_underItsOwnName() throws Exception {
        Files.writeString(source.resolve("LICENSE"), "as is");
        Files.writeString(source.resolve("notes.txt"), "not of the bundle");

        Path added = bundles.add(source, false);

        assertThat(added).isEqualTo(temp.resolve("models/stub"));
        assertThat(names(added)).containsExactly("LICENSE", "bundle.json", "decoder.onnx", "denoiser.onnx");
        assertThat(bundles.bundles((directory, e) -> {})).containsOnlyKeys("stub");
    }

    @Test
    void shouldCopyVariants_andHoldThemAgainstTheManifest() throws Exception {
        byte[] content = Files.readAllBytes(source.resolve("decoder.onnx"));
        BundleVariants.add(source, "decoder", "decoder.int8.onnx", content, "int8", "cpu");

        Path added = bundles.add(source, false);
        assertThat(names(added)).contains("decoder.int8.onnx");

        Files.writeString(source.resolve("decoder.int8.onnx"), "altered");
        assertRefused(
                () -> bundles.add(source, true),
                Code.LENGTH_MISMATCH,
                "files.decoder.variants[0].path: decoder.int8.onnx has 7 bytes");
        assertThat(names(added)).contains("decoder.int8.onnx");
        assertThat(bundles.remove("stub")).isTrue();
        assertThat(added).doesNotExist();
    }

    @Test
    void shouldKeepTheOneThatIsThere_unlessToldToReplaceIt() throws Exception {
        bundles.add(source, false);
        Path other = TestBundles.copyOfStub(temp.resolve("other"));
        TestBundles.edit(other, "\"version\": \"1\"", "\"version\": \"2\"");

        assertRefused(() -> bundles.add(other, false), Code.ALREADY_THERE, "'stub' is already in");
        assertThat(version()).isEqualTo("1");

        bundles.add(other, true);

        assertThat(version()).isEqualTo("2");
        assertThat(visible()).containsExactly("stub");
    }

    @Test
    void shouldReplaceABundle_whateverItsDirectoryIsCalled() throws Exception {
        TestBundles.copyOfStub(Files.createDirectories(bundles.path()).resolve("of-last-year"));

        bundles.add(source, true);

        assertThat(visible()).containsExactly("stub");
    }

    @Test
    void shouldUseTheFirstOfOneName_andTellOfTheOthers() throws Exception {
        Path models = Files.createDirectories(bundles.path());
        Path first = TestBundles.copyOfStub(models.resolve("a"));
        Path second = TestBundles.copyOfStub(models.resolve("b"));
        TestBundles.edit(second, "\"version\": \"1\"", "\"version\": \"2\"");
        Map<Path, String> leftOut = new HashMap<>();

        assertThat(bundles.bundles((left, e) -> leftOut.put(left, e.getMessage()))
                        .get("stub")
                        .manifest()
                        .version())
                .isEqualTo("1");

        assertThat(leftOut).containsOnlyKeys(second);
        assertThat(leftOut.get(second)).contains("name: is 'stub'", first.toString(), "valid is a name of its own");
        assertThat(bundles.find("stub")).contains(first);

        assertThat(bundles.remove("stub")).isTrue();
        assertThat(version()).isEqualTo("2");
    }

    @Test
    void shouldNotOverwriteADirectory_thatIsNoBundle() throws Exception {
        Path mine = Files.createDirectories(bundles.path().resolve("stub"));
        Files.writeString(mine.resolve("diary.txt"), "mine");

        assertThatThrownBy(() -> bundles.add(source, true))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a bundle of this name");
        assertThat(mine.resolve("diary.txt")).exists();
        assertThat(everything()).containsExactly(".galatea-bundles.lock", "stub");
    }

    @Test
    void shouldLeaveNothing_whenAFileIsNotWhatTheManifestSays() throws Exception {
        byte[] bytes = Files.readAllBytes(source.resolve("decoder.onnx"));
        bytes[bytes.length / 2] ^= 1;
        Files.write(source.resolve("decoder.onnx"), bytes);

        assertRefused(() -> bundles.add(source, false), Code.DIGEST_MISMATCH, "files.decoder.path: decoder.onnx");
        assertThat(everything()).containsExactly(".galatea-bundles.lock");
    }

    @Test
    void shouldLeaveTheOldOne_whenTheNewOneCannotBeCopied() throws Exception {
        bundles.add(source, false);
        Files.write(source.resolve("decoder.onnx"), new byte[3]);

        assertRefused(() -> bundles.add(source, true), Code.LENGTH_MISMATCH, "3 bytes");
        assertThat(bundles.bundles((directory, e) -> {})).containsOnlyKeys("stub");
        assertThat(everything()).containsExactly(".galatea-bundles.lock", "stub");
    }

    @Test
    void shouldRefuseLinks() throws Exception {
        Path blob = Files.move(source.resolve("decoder.onnx"), temp.resolve("blob"));
        Files.createSymbolicLink(source.resolve("decoder.onnx"), blob);

        assertRefused(() -> bundles.add(source, false), Code.ESCAPING_PATH, "decoder.onnx is a link");
        assertThat(everything()).containsExactly(".galatea-bundles.lock");
    }

    @Test
    void shouldRefuseALinkThatStaysInside_too() throws Exception {
        Files.move(source.resolve("decoder.onnx"), source.resolve("real.onnx"));
        Files.createSymbolicLink(source.resolve("decoder.onnx"), Path.of("real.onnx"));

        assertRefused(() -> bundles.add(source, false), Code.ESCAPING_PATH, "decoder.onnx is a link");
    }

    @Test
    void shouldRefuseAManifestThatIsNone() throws Exception {
        TestBundles.edit(source, "\"fps\"", "\"fpss\"");

        assertRefused(() -> bundles.add(source, false), Code.MALFORMED_MANIFEST, "fps");
        assertThat(bundles.path()).doesNotExist();
    }

    @Test
    void shouldClearWhatADeadProcessLeft_andNeverShowIt() throws Exception {
        TestBundles.copyOfStub(Files.createDirectories(bundles.path()).resolve(".changing-0"));
        assertThat(bundles.bundles((directory, e) -> {})).isEmpty();

        bundles.add(source, false);

        assertThat(everything()).containsExactly(".galatea-bundles.lock", "stub");
    }

    @Test
    void shouldRemoveABundle_alsoOneThatIsBroken() throws Exception {
        bundles.add(source, false);
        Path broken = TestBundles.copyOfStub(bundles.path().resolve("broken"));
        Files.writeString(broken.resolve("bundle.json"), "{");

        assertThat(bundles.remove("other")).isFalse();
        assertThat(bundles.remove("broken")).isTrue();
        assertThat(bundles.remove("stub")).isTrue();
        assertThat(everything()).containsExactly(".galatea-bundles.lock");
    }

    private String version() {
        return bundles.bundles((directory, e) -> {}).get("stub").manifest().version();
    }

    private List<String> visible() throws IOException {
        return everything().stream().filter(name -> !name.startsWith(".")).toList();
    }

    private List<String> everything() throws IOException {
        return names(bundles.path());
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.map(child -> child.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private static void assertRefused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Code code, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        BundleException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }
}
