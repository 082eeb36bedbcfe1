package dev.galatea.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import dev.galatea.model.event.Pool;

/** The bundles that the services of a drill have: the one of this repository, and a copy that another pool serves. */
final class DrillBundles {

    /** The pool that has workers only while a drill wants it. */
    static final Pool POOL = new Pool("large");

    /** The bundle that it serves. */
    static final String POOLED_BUNDLE = "pebble-large";

    private static final String BUNDLE = "pebble";
    private static final String MANIFEST = "bundle.json";

    private DrillBundles() {}

    /** Makes them in a directory, unless they are there. */
    static void prepare(Path models, Path directory) throws IOException {
        for (String name : List.of(BUNDLE, POOLED_BUNDLE)) {
            Path bundle = directory.resolve(name);
            if (!Files.exists(bundle.resolve(MANIFEST))) {
                copy(models.resolve(BUNDLE), bundle, name);
            }
        }
    }

    private static void copy(Path from, Path bundle, String name) throws IOException {
        Files.createDirectories(bundle);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = bundle.resolve(file.getFileName().toString());
                if (!copy.endsWith(MANIFEST)) {
                    Files.copy(file, copy);
                }
            }
        }
        String manifest = Files.readString(from.resolve(MANIFEST));
        Files.writeString(
                bundle.resolve(MANIFEST),
                name.equals(BUNDLE)
                        ? manifest
                        : manifest.replaceFirst("(\"name\"\\s*:\\s*)\"" + BUNDLE + "\"", "$1\"" + name + "\""));
    }
}
