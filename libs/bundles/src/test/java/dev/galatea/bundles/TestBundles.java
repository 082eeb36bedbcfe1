package dev.galatea.bundles;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import dev.galatea.model.id.Sha256;

import static org.assertj.core.api.Assertions.assertThat;

/** Copies of the stub bundle of the benchmarks: two small graphs, and a text encoder on the class path. */
public final class TestBundles {

    private static final Path STUB = Path.of(System.getProperty("repository.root"), "benchmarks/stub-bundle/stub");

    private TestBundles() {}

    /** A copy in a directory, which is made. */
    public static Path copyOfStub(Path directory) {
        try (Stream<Path> files = Files.list(STUB)) {
            Files.createDirectories(directory);
            List<Path> all = files.toList();
            for (Path file : all) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds a file under a role of its own. */
    public static void addFile(Path directory, String role, String path, byte[] bytes) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        edit(
                directory,
                "\"files\": {",
                "\"files\": {\"" + role + "\": {\"path\": \"" + path + "\", \"sha256\": \""
                        + Sha256.of(bytes).hex() + "\", \"bytes\": " + bytes.length + "},");
    }

    /** Replaces a part of the manifest, which must be there. */
    public static void edit(Path directory, String part, String by) throws IOException {
        Path manifest = directory.resolve("bundle.json");
        String before = Files.readString(manifest);
        assertThat(before).contains(part);
        Files.writeString(manifest, before.replace(part, by));
    }
}
