package dev.galatea.model.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidNullException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.json.JsonTree;
import dev.galatea.model.json.RepeatedField;

/**
 * Opens model bundles from directories. The manifest is checked in full at once, the files when they are asked for.
 * Thread-safe.
 */
public final class BundleLoader {

    /** The manifest's file name. */
    public static final String MANIFEST = "bundle.json";

    /** A longer manifest is refused before it is parsed. */
    public static final int MAX_MANIFEST_BYTES = 1 << 20;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .withConfigOverride(List.class, list -> list.setSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL)))
            .build();

    private final Path cache;
    private final FileDigests digests;
    private final ClassLoader classPath;

    /**
     * @param cache directory for files that bundles take from the class path, by digest; made when needed, and may be
     *     shared between processes and kept between runs
     */
    public BundleLoader(Path cache) {
        this(cache, BundleLoader.class.getClassLoader());
    }

    /** @param classPath the class loader that finds bundles' class-path files */
    public BundleLoader(Path cache, ClassLoader classPath) {
        this(cache, FileDigests.READ_HERE, classPath);
    }

    private BundleLoader(Path cache, FileDigests digests, ClassLoader classPath) {
        this.cache = cache;
        this.digests = digests;
        this.classPath = classPath;
    }

    /**
     * A loader that keeps the digests of files in the cache, too, and does not read a file again that is as it was when
     * an earlier process read it. For whoever wants to start soon; who asks whether a disk still has what it had wants
     * files to be read.
     */
    public BundleLoader keepingDigests() {
        return new BundleLoader(cache, FileDigests.keptIn(cache.resolve("digests")), classPath);
    }

    /** Opens the bundle in a directory that holds a {@value #MANIFEST}. */
    public Bundle load(Path directory) throws BundleException {
        return open(directory, null);
    }

    /**
     * Opens the bundle in a directory that holds a {@value #MANIFEST} and perhaps not all files.
     *
     * @param provider brings files when they are asked for
     */
    public Bundle load(Path directory, FileProvider provider) throws BundleException {
        return open(directory, provider);
    }

    private Bundle open(Path directory, @Nullable FileProvider provider) throws BundleException {
        Path file = directory.resolve(MANIFEST);
        byte[] bytes = readManifest(file);
        BundleManifest manifest = parse(file, bytes);
        FormatRules.check(file, manifest, tree(file, bytes));
        ManifestRules.check(file, manifest);
        ClassPathFiles extracted = new ClassPathFiles(cache, digests, classPath);
        return new Bundle(
                manifest, Sha256.of(bytes), new BundleVerifier(directory, manifest, digests, extracted, provider));
    }

    private static byte[] readManifest(Path file) throws BundleException {
        if (!Files.isRegularFile(file)) {
            throw new BundleException(
                    Code.MALFORMED_MANIFEST, file + ": is missing; a bundle is a directory with a " + MANIFEST);
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_MANIFEST_BYTES + 1);
            if (bytes.length > MAX_MANIFEST_BYTES) {
                throw new BundleException(
                        Code.MALFORMED_MANIFEST, file + ": is longer than " + MAX_MANIFEST_BYTES + " bytes");
            }
            return bytes;
        } catch (IOException e) {
            throw new BundleException(Code.UNREADABLE, file + ": can't be read: " + e, e);
        }
    }

    private static BundleManifest parse(Path file, byte[] bytes) throws BundleException {
        try {
            BundleManifest manifest = JSON.readValue(bytes, BundleManifest.class);
            if (manifest == null) {
                throw new BundleException(Code.MALFORMED_MANIFEST, file + ": is null; valid is a JSON object");
            }
            return manifest;
        } catch (InvalidNullException e) {
            throw new BundleException(
                    Code.INVALID_MANIFEST, file + ": " + path(e) + ": is null; valid are lists of values", e);
        } catch (InvalidTypeIdException e) {
            throw unknownScheduler(file, e);
        } catch (InvalidFormatException e) {
            throw unknownValue(file, e);
        } catch (JsonProcessingException e) {
            throw new BundleException(Code.MALFORMED_MANIFEST, file + ": " + describe(e), e);
        } catch (IOException e) {
            throw new BundleException(Code.UNREADABLE, file + ": can't be read: " + e, e);
        }
    }

    private static JsonNode tree(Path file, byte[] bytes) throws BundleException {
        try {
            return JsonTree.read(JSON, bytes);
        } catch (IOException e) {
            throw new BundleException(Code.UNREADABLE, file + ": can't be read: " + e, e);
        }
    }

    private static BundleException unknownScheduler(Path file, InvalidTypeIdException e) {
        String field = file + ": " + path(e) + ".name: ";
        if (e.getTypeId() == null) {
            return new BundleException(Code.MALFORMED_MANIFEST, field + "is missing", e);
        }
        String valid = "; valid are " + String.join(", ", SchedulerConfig.NAMES);
        return new BundleException(Code.INVALID_MANIFEST, field + "is " + e.getTypeId() + valid, e);
    }

    private static BundleException unknownValue(Path file, InvalidFormatException e) {
        Object[] constants = e.getTargetType().getEnumConstants();
        if (constants == null) {
            return new BundleException(Code.MALFORMED_MANIFEST, file + ": " + describe(e), e);
        }
        String valid = Stream.of(constants)
                .map(constant -> JSON.valueToTree(constant).asText())
                .collect(Collectors.joining(", "));
        return new BundleException(
                Code.INVALID_MANIFEST, file + ": " + path(e) + ": is " + e.getValue() + "; valid are " + valid, e);
    }

    private static String describe(JsonProcessingException e) {
        Optional<String> repeated = RepeatedField.path(e);
        if (repeated.isPresent()) {
            return repeated.get() + ": " + RepeatedField.PROBLEM;
        }
        return e instanceof JsonMappingException unfit
                ? path(unfit) + ": " + e.getOriginalMessage()
                : "is not JSON: " + e.getMessage();
    }

    private static String path(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.toString();
    }
}
