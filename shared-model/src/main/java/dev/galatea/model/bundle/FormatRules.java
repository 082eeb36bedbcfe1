package dev.galatea.model.bundle;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleException.Code;

/** Checks that a manifest has nothing of a later format than its own; {@link Since} says what came when. */
final class FormatRules {

    private final Path file;
    private final int version;

    private FormatRules(Path file, int version) {
        this.file = file;
        this.version = version;
    }

    /**
     * Checks a manifest.
     *
     * @param manifest if its format is not one of ours, nothing is checked here
     * @param json the same manifest as it was read
     */
    static void check(Path file, BundleManifest manifest, JsonNode json) throws BundleException {
        String format = manifest.format();
        if (format != null && BundleManifest.FORMATS.contains(format)) {
            new FormatRules(file, BundleManifest.FORMATS.indexOf(format) + 1).checkRecord("", manifest, json);
        }
    }

    private void checkRecord(String path, Record value, JsonNode json) throws BundleException {
        requireKnown(
                path + "name: is " + json.path("name").asText() + ", which",
                value.getClass().getAnnotation(Since.class));
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            String name = component.getName();
            if (json.has(name)) {
                requireKnown(path + name + ":", component.getAnnotation(Since.class));
                check(path + name, read(component, value), json.get(name));
            }
        }
    }

    private void check(String path, @Nullable Object value, JsonNode json) throws BundleException {
        if (value instanceof Record one) {
            checkRecord(path + ".", one, json);
        } else if (value instanceof Map<?, ?> named) {
            for (Map.Entry<?, ?> entry : named.entrySet()) {
                check(path + "." + entry.getKey(), entry.getValue(), json.path(String.valueOf(entry.getKey())));
            }
        } else if (value instanceof List<?> several) {
            for (int i = 0; i < several.size(); i++) {
                check(path + "[" + i + "]", several.get(i), json.path(i));
            }
        }
    }

    private void requireKnown(String subject, @Nullable Since since) throws BundleException {
        if (since != null && since.value() > version) {
            throw new BundleException(
                    Code.INVALID_MANIFEST,
                    file + ": " + subject + " needs format " + BundleManifest.FORMATS.get(since.value() - 1)
                            + ", but format is " + BundleManifest.FORMATS.get(version - 1));
        }
    }

    private static @Nullable Object read(RecordComponent component, Record value) {
        try {
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(component + " can't be read", e);
        }
    }
}
