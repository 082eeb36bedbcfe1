package dev.galatea.model.bundle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.id.Sha256;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Makes bundles of a few bytes in a directory; tests bend the manifest before it is written. */
final class BundleFixture {

    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SchemaLocation.of("classpath:bundle/bundle.schema.json"));

    static final ObjectMapper JSON = JsonMapper.builder().build();

    final Path directory;
    final ObjectNode manifest;

    private BundleFixture(Path directory, ObjectNode manifest) {
        this.directory = directory;
        this.manifest = manifest;
    }

    /** A valid bundle with a file for each required role. */
    static BundleFixture in(Path directory) {
        try {
            Files.createDirectories(directory);
            ObjectNode manifest = (ObjectNode) JSON.readTree(BundleFixture.class.getResource("/bundle/bundle.json"));
            BundleFixture fixture = new BundleFixture(directory, manifest);
            fixture.withFile("denoiser", "denoiser.onnx", model());
            fixture.withFile("decoder", "decoder.onnx", model());
            fixture.withFile("textEncoder", "text/encoder.onnx", model());
            fixture.withFile("tokenizer", "text/tokenizer.json", "{}".getBytes(UTF_8));
            return fixture;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    BundleFixture withFile(String role, String path, byte[] content) {
        write(path, content);
        return withEntry(role, path, content);
    }

    BundleFixture withEntry(String role, String path, byte[] content) {
        entry(role).removeAll();
        entry(role).put("path", path).put("sha256", Sha256.of(content).hex()).put("bytes", content.length);
        return this;
    }

    BundleFixture withResource(String role, String resource, byte[] content) {
        entry(role).removeAll();
        entry(role)
                .put("classpath", resource)
                .put("sha256", Sha256.of(content).hex())
                .put("bytes", content.length);
        return this;
    }

    /** Gives the denoiser a second expert of these weights, for the steps of little noise. */
    BundleFixture withLowNoiseExpert(String path, byte[] content) {
        withLatestFormat().manifest.putObject("experts").put("boundary", 0.875).put("lowNoiseGuidance", 3);
        return withFile(Experts.LOW_NOISE_ROLE, path, content);
    }

    BundleFixture withLatestFormat() {
        manifest.put("format", BundleManifest.FORMAT);
        return this;
    }

    /** True if the manifest keeps to the schema for authors. */
    boolean isValid() {
        return SCHEMA.validate(manifest.toString(), InputFormat.JSON).isEmpty();
    }

    /** Sees that both the schema and the loader refuse the manifest, the loader with these words. */
    void assertRefused(String message) {
        assertThat(isValid()).isFalse();
        BundleLoaderTest.assertRefused(this::load, Code.INVALID_MANIFEST, message);
    }

    /** Sets a field of the manifest, or removes it if the value is null. */
    void change(String pointer, @Nullable String value) throws IOException {
        int slash = pointer.lastIndexOf('/');
        ObjectNode parent = (ObjectNode) manifest.at(pointer.substring(0, slash));
        if (value == null) {
            parent.remove(pointer.substring(slash + 1));
        } else {
            parent.set(pointer.substring(slash + 1), JSON.readTree(value));
        }
    }

    ObjectNode entry(String role) {
        return manifest.withObject("/files/" + role);
    }

    Path write(String path, byte[] content) {
        try {
            Path file = directory.resolve(path);
            Files.createDirectories(file.getParent());
            return Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Bundle load() throws BundleException {
        write(BundleLoader.MANIFEST, manifest.toPrettyString().getBytes(UTF_8));
        return new BundleLoader(directory.resolveSibling("cache")).load(directory);
    }

    /** A model whose one tensor holds its data itself. */
    static byte[] model() {
        return message(7, message(5, concat(text(8, "weight"), message(9, new byte[16]))));
    }

    /** A model whose one tensor keeps its data at {@code location}. */
    static byte[] modelWithExternalData(String location) {
        return message(7, message(5, externalTensor(location)));
    }

    static byte[] externalTensor(String location) {
        byte[] offset = message(13, concat(text(1, "offset"), text(2, "0")));
        byte[] where = message(13, concat(text(1, "location"), text(2, location)));
        byte[] external = {14 << 3, 1};
        return concat(text(8, "weight"), offset, where, external);
    }

    static byte[] text(int field, String text) {
        return message(field, text.getBytes(UTF_8));
    }

    /** A length-delimited field. */
    static byte[] message(int field, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        varint(out, field << 3 | 2);
        varint(out, content.length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static void varint(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest >= 0x80) {
            out.write(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }
}
