package dev.galatea.standalone.cli;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

import dev.galatea.bundles.BundleDirectory;
import dev.galatea.model.bundle.BundleLoader;

/** The option for the directory of bundles, and what the configuration says of them. */
final class BundlesOption {

    @Option(
            names = "--bundles-path",
            paramLabel = "DIR",
            description = "The directory with one directory per bundle (default: $GALATEA_BUNDLES_PATH, or models).")
    @Nullable
    Path directory;

    BundleDirectory resolve() {
        Path path = directory != null
                ? directory
                : Path.of(configured("galatea.bundles.path", "GALATEA_BUNDLES_PATH", "models"));
        return new BundleDirectory(path.toAbsolutePath().normalize(), loader());
    }

    /** Opens bundles; files of the class path go to the same place as in the running system. */
    static BundleLoader loader() {
        Path data = new DataDirectoryOption().resolve();
        return new BundleLoader(data.resolve("work").resolve("bundle-files"));
    }

    /** The model of prompts that name none. */
    static String defaultName() {
        return configured("galatea.bundles.default-name", "GALATEA_BUNDLES_DEFAULT_NAME", "pebble");
    }

    private static String configured(String key, String variable, String otherwise) {
        String property = System.getProperty(key);
        if (property != null && !property.isBlank()) {
            return property;
        }
        String value = System.getenv(variable);
        return value == null || value.isBlank() ? otherwise : value;
    }
}
