package dev.galatea.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Tiny bundles of real video models with random weights, and what diffusers makes of the same weights. The files beside
 * them, and how they are made, are described in {@code open-models/README.md}. Thread-safe.
 */
public final class TinyBundles {

    /** Wan 2.1, text to video. */
    public static final String WAN21 = "wan21-tiny";
    /** Wan 2.1, image to video: takes the picture as channels, and looks at CLIP's embeddings of it. */
    public static final String WAN21_I2V = "wan21-i2v-tiny";
    /** Wan 2.2 of the 5B kind: text, or text and a first frame, to video. */
    public static final String WAN22 = "wan22-tiny";
    /** Wan 2.2 of the A14B kind: two experts. */
    public static final String WAN22_A14B = "wan22-a14b-tiny";
    /** Wan 2.2, image to video of the A14B kind: two experts, which take the picture as channels. */
    public static final String WAN22_I2V = "wan22-i2v-tiny";
    /** LTX-Video: T5 sees its pads, even steps or dynamic ones. */
    public static final String LTX = "ltx-tiny";
    /** LTX-Video, distilled: listed noise levels, no guidance; text, or text and a first frame, to video. */
    public static final String LTX_DISTILLED = "ltx-distilled-tiny";

    /**
     * LTX-Video of the condition pipeline: its own noise levels, guidance that is rescaled; text, or a first frame,
     * too.
     */
    public static final String LTX_CONDITION = "ltx-condition-tiny";

    private TinyBundles() {}

    /**
     * Copies a bundle, and the reference values beside it, out of the class path.
     *
     * @param directory the directory of all bundles, as {@code galatea.bundles.path} names it
     * @return the directory of this bundle, {@code directory/name}
     */
    public static Path copy(String name, Path directory) {
        URL source = TinyBundles.class.getResource("/open-models/" + name);
        if (source == null) {
            throw new IllegalArgumentException("name: '" + name + "' is no tiny bundle; see open-models/README.md");
        }
        try {
            URI uri = source.toURI();
            Path target = Files.createDirectories(directory.resolve(name));
            if (uri.getScheme().equals("file")) {
                copy(Path.of(uri), target);
            } else {
                try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                    copy(jar.provider().getPath(uri), target);
                }
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void copy(Path source, Path target) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(source)) {
            files = listed.toList();
        }
        for (Path file : files) {
            Files.copy(file, target.resolve(file.getFileName().toString()));
        }
    }
}
