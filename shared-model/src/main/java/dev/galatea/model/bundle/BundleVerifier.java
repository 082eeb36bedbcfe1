package dev.galatea.model.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.BundleManifest.FileEntry;

/**
 * Verifies the files of one bundle: inside the directory (links followed), of the length and digest that the manifest
 * says, and, for ONNX files, with no data outside of the manifest's files. Thread-safe.
 */
final class BundleVerifier {

    /** Roles that ONNX Runtime opens. */
    private static final Set<String> MODELS = Set.of("denoiser", "decoder", "encoder", "textEncoder");

    /** Roles whose attention grows with the clip. */
    private static final Set<String> DENOISERS = Set.of("denoiser", "denoiserLowNoise");

    private static final String MODEL_SUFFIX = ".onnx";

    private final Path directory;
    private final BundleManifest manifest;
    private final ClassPathFiles classPath;

    BundleVerifier(Path directory, BundleManifest manifest, ClassPathFiles classPath) {
        this.directory = directory;
        this.manifest = manifest;
        this.classPath = classPath;
    }

    /** The file of an entry, verified. */
    Path verify(String role, FileEntry entry) throws BundleException {
        String path = entry.path();
        String resource = entry.classpath();
        String name = path == null ? Objects.requireNonNull(resource) : path;
        Path file = path != null ? verifyInDirectory(role, entry, path) : classPath.extract(role, entry, name);
        if (isModel(role, name)) {
            verifyExternalData(role, path, file);
        }
        if (DENOISERS.contains(role)) {
            verifyAttention(role, file);
        }
        return file;
    }

    private Path verifyInDirectory(String role, FileEntry entry, String path) throws BundleException {
        String what = "files." + role + ".path: " + path;
        Path file = directory.resolve(path);
        try {
            if (!Files.isRegularFile(file)) {
                throw new BundleException(Code.MISSING_FILE, what + " is not a file in " + directory);
            }
            if (!file.toRealPath().startsWith(directory.toRealPath())) {
                throw new BundleException(
                        Code.ESCAPING_PATH, what + " is a link out of the bundle; valid are files inside " + directory);
            }
            FileDigest.require(what, file, entry);
            return file;
        } catch (IOException e) {
            throw new BundleException(Code.UNREADABLE, what + " can't be read: " + e, e);
        }
    }

    private static boolean isModel(String role, String name) {
        return MODELS.contains(role) || name.endsWith(MODEL_SUFFIX);
    }

    private void verifyExternalData(String role, @Nullable String path, Path file) throws BundleException {
        for (String location : locations(role, file)) {
            String what = "files." + role + ": external data at '" + location + "'";
            if (path == null) {
                throw new BundleException(
                        Code.EXTERNAL_DATA, what + "; a model on the class path must hold all of its data itself");
            }
            String relative = relativeTo(path, location);
            Optional<Map.Entry<String, FileEntry>> listed = entryOf(relative);
            if (listed.isEmpty() || ManifestRules.insideProblem(location).isPresent()) {
                throw new BundleException(
                        Code.EXTERNAL_DATA,
                        what + " is not in the manifest; valid are paths of its files, relative to the model");
            }
            if (Files.isSymbolicLink(directory.resolve(relative))) {
                throw new BundleException(Code.EXTERNAL_DATA, what + " is a link; valid are regular files");
            }
            verifyInDirectory(listed.get().getKey(), listed.get().getValue(), relative);
        }
    }

    private void verifyAttention(String role, Path file) throws BundleException {
        Optional<String> problem = AttentionMemory.problem(manifest, read(role, file, OnnxAttention::squares));
        if (problem.isPresent()) {
            throw new BundleException(
                    Code.ATTENTION_MEMORY, "files." + role + ": " + file.getFileName() + ": " + problem.get());
        }
    }

    private static Set<String> locations(String role, Path file) throws BundleException {
        return read(role, file, OnnxExternalData::locations);
    }

    /** Reads something out of an ONNX file. */
    private interface ModelReader<T> {

        T read(Path file) throws IOException, OnnxExternalData.MalformedModelException;
    }

    private static <T> T read(String role, Path file, ModelReader<T> reader) throws BundleException {
        try {
            return reader.read(file);
        } catch (IOException e) {
            throw new BundleException(Code.UNREADABLE, "files." + role + ": " + file + " can't be read: " + e, e);
        } catch (OnnxExternalData.MalformedModelException e) {
            throw new BundleException(
                    Code.MALFORMED_MODEL,
                    "files." + role + ": " + file + " is not an ONNX model: " + e.getMessage(),
                    e);
        }
    }

    /** A location as a path of the manifest: both are relative, one to the model, one to the bundle. */
    private static String relativeTo(String modelPath, String location) {
        int slash = modelPath.lastIndexOf('/');
        return modelPath.substring(0, slash + 1) + location;
    }

    private Optional<Map.Entry<String, FileEntry>> entryOf(String path) {
        return manifest.files().entrySet().stream()
                .filter(entry -> path.equals(entry.getValue().path()))
                .findFirst();
    }
}
