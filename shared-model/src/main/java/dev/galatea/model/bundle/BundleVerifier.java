package dev.galatea.model.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.BundleManifest.FileEntry;

/**
 * Verifies the files of one bundle: inside the directory (links followed), of the length and digest that the manifest
 * says, and, for ONNX files, with no data outside of the manifest's files. Thread-safe.
 */
final class BundleVerifier {

    /** Roles that ONNX Runtime opens. */
    private static final Set<String> MODELS =
            Set.of("denoiser", "decoder", "encoder", "textEncoder", ImageEmbeddings.ROLE, StepCaching.PROBE_ROLE);

    /** Roles whose attention grows with the clip. */
    private static final Set<String> DENOISERS = Set.of("denoiser", "denoiserLowNoise");

    private static final String MODEL_SUFFIX = ".onnx";

    private final Path directory;
    private final BundleManifest manifest;
    private final FileDigests digests;
    private final ClassPathFiles classPath;
    private final @Nullable FileProvider provider;

    /** @param provider of files that are not in the directory; null if they can't be had */
    BundleVerifier(
            Path directory,
            BundleManifest manifest,
            FileDigests digests,
            ClassPathFiles classPath,
            @Nullable FileProvider provider) {
        this.directory = directory;
        this.manifest = manifest;
        this.digests = digests;
        this.classPath = classPath;
        this.provider = provider;
    }

    /** The path of a file, verified. */
    Path verify(ChosenFile chosen) throws BundleException {
        Path file = verifyAlone(chosen);
        for (Map.Entry<String, Map.Entry<String, FileEntry>> data :
                externalEntries(chosen, file).entrySet()) {
            Map.Entry<String, FileEntry> listed = data.getValue();
            String path = Objects.requireNonNull(listed.getValue().path());
            if (Files.isSymbolicLink(directory.resolve(path))) {
                throw new BundleException(
                        Code.EXTERNAL_DATA, what(chosen, data.getKey()) + " is a link; valid are regular files");
            }
            verifyInDirectory("files." + listed.getKey(), listed.getValue(), path);
        }
        if (DENOISERS.contains(chosen.role())) {
            verifyAttention(chosen, file);
        }
        return file;
    }

    /** The entries of a model's files of external data, by location; the ONNX file is verified, these are not. */
    SortedMap<String, FileEntry> externalData(ChosenFile chosen) throws BundleException {
        SortedMap<String, FileEntry> data = new TreeMap<>();
        externalEntries(chosen, verifyAlone(chosen))
                .forEach((location, listed) -> data.put(location, listed.getValue()));
        return data;
    }

    private Path verifyAlone(ChosenFile chosen) throws BundleException {
        FileEntry entry = chosen.entry();
        String path = entry.path();
        return path != null
                ? verifyInDirectory(chosen.field(), entry, path)
                : classPath.extract(chosen.field(), entry, Objects.requireNonNull(entry.classpath()));
    }

    private Path verifyInDirectory(String field, FileEntry entry, String path) throws BundleException {
        String what = field + ".path: " + path;
        Path file = directory.resolve(path);
        try {
            if (provider != null && !(Files.isRegularFile(file) && digests.match(file, entry))) {
                provider.bring(what, entry, file);
            }
            if (!Files.isRegularFile(file)) {
                throw new BundleException(Code.MISSING_FILE, what + " is not a file in " + directory);
            }
            if (!file.toRealPath().startsWith(directory.toRealPath())) {
                throw new BundleException(
                        Code.ESCAPING_PATH, what + " is a link out of the bundle; valid are files inside " + directory);
            }
            digests.require(what, file, entry);
            return file;
        } catch (IOException e) {
            throw new BundleException(Code.UNREADABLE, what + " can't be read: " + e, e);
        }
    }

    static boolean isModel(String role, String name) {
        return MODELS.contains(role) || name.endsWith(MODEL_SUFFIX);
    }

    /** The manifest's role and entry of each location at which a model keeps data; empty for what is no model. */
    private Map<String, Map.Entry<String, FileEntry>> externalEntries(ChosenFile chosen, Path file)
            throws BundleException {
        Map<String, Map.Entry<String, FileEntry>> entries = new LinkedHashMap<>();
        String path = chosen.entry().path();
        if (!isModel(chosen.role(), chosen.entry().place())) {
            return entries;
        }
        for (String location : locations(chosen, file)) {
            if (path == null) {
                throw new BundleException(
                        Code.EXTERNAL_DATA,
                        what(chosen, location) + "; a model on the class path must hold all of its data itself");
            }
            Optional<Map.Entry<String, FileEntry>> listed = entryOf(relativeTo(path, location));
            if (listed.isEmpty() || ManifestRules.insideProblem(location).isPresent()) {
                throw new BundleException(
                        Code.EXTERNAL_DATA,
                        what(chosen, location)
                                + " is not in the manifest; valid are paths of its files, relative to the model");
            }
            entries.put(location, listed.get());
        }
        return entries;
    }

    private static String what(ChosenFile chosen, String location) {
        return chosen.field() + ": external data at '" + location + "'";
    }

    private void verifyAttention(ChosenFile chosen, Path file) throws BundleException {
        Optional<String> problem = AttentionMemory.problem(manifest, read(chosen, file, OnnxAttention::squares));
        if (problem.isPresent()) {
            throw new BundleException(
                    Code.ATTENTION_MEMORY, chosen.field() + ": " + file.getFileName() + ": " + problem.get());
        }
    }

    private static Set<String> locations(ChosenFile chosen, Path file) throws BundleException {
        return read(chosen, file, OnnxExternalData::locations);
    }

    /** Reads something out of an ONNX file. */
    private interface ModelReader<T> {

        T read(Path file) throws IOException, OnnxExternalData.MalformedModelException;
    }

    private static <T> T read(ChosenFile chosen, Path file, ModelReader<T> reader) throws BundleException {
        try {
            return reader.read(file);
        } catch (IOException e) {
            throw new BundleException(Code.UNREADABLE, chosen.field() + ": " + file + " can't be read: " + e, e);
        } catch (OnnxExternalData.MalformedModelException e) {
            throw new BundleException(
                    Code.MALFORMED_MODEL, chosen.field() + ": " + file + " is not an ONNX model: " + e.getMessage(), e);
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
