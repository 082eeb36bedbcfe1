package dev.galatea.deploy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An image in an archive of the <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md">OCI
 * image layout</a>, checked as that specification has it: every blob has the digest and size by which it is named,
 * nothing is missing or idle, and layers unpack to the digests that the configuration gives.
 *
 * @param name what the index calls it
 * @param layers the files of each layer, the lowest first
 * @param directory where the layout is unpacked
 */
record OciArchive(String name, JsonNode config, List<Map<String, TarArchiveEntry>> layers, Path directory) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MEDIA_TYPE = "application/vnd.oci.image.";

    /** Unpacks the layout into an empty directory and checks it. */
    static OciArchive read(Path archive, Path directory) throws IOException {
        try (InputStream in = Files.newInputStream(archive)) {
            unpack(in, directory, new TreeMap<>());
        }
        assertThat(json(directory.resolve("oci-layout"))
                        .get("imageLayoutVersion")
                        .asText())
                .isEqualTo("1.0.0");
        JsonNode index = json(directory.resolve("index.json"));
        assertThat(index.get("schemaVersion").asInt()).isEqualTo(2);
        assertThat(index.get("manifests")).hasSize(1);
        JsonNode entry = index.at("/manifests/0");
        assertThat(entry.get("mediaType").asText()).isEqualTo(MEDIA_TYPE + "manifest.v1+json");

        JsonNode manifest = json(blob(directory, entry));
        assertThat(manifest.get("schemaVersion").asInt()).isEqualTo(2);
        assertThat(manifest.at("/config/mediaType").asText()).isEqualTo(MEDIA_TYPE + "config.v1+json");
        JsonNode config = json(blob(directory, manifest.get("config")));

        Set<Path> named = new TreeSet<>(Set.of(blob(directory, entry), blob(directory, manifest.get("config"))));
        List<String> unpacked = new ArrayList<>();
        List<Map<String, TarArchiveEntry>> layers = new ArrayList<>();
        for (JsonNode layer : manifest.get("layers")) {
            assertThat(layer.get("mediaType").asText()).isEqualTo(MEDIA_TYPE + "layer.v1.tar+gzip");
            named.add(blob(directory, layer));
            MessageDigest digest = sha256();
            Map<String, TarArchiveEntry> files = new TreeMap<>();
            try (InputStream in =
                    new DigestInputStream(new GZIPInputStream(Files.newInputStream(blob(directory, layer))), digest)) {
                unpack(in, directory.resolve("root"), files);
                in.transferTo(OutputStream.nullOutputStream());
            }
            unpacked.add("sha256:" + HexFormat.of().formatHex(digest.digest()));
            layers.add(files);
        }
        assertThat(config.at("/rootfs/type").asText()).isEqualTo("layers");
        assertThat(config.at("/rootfs/diff_ids")).extracting(JsonNode::asText).isEqualTo(unpacked);
        try (var blobs = Files.list(directory.resolve("blobs/sha256"))) {
            assertThat(blobs).containsExactlyInAnyOrderElementsOf(named);
        }
        return new OciArchive(
                entry.at("/annotations/org.opencontainers.image.ref.name").asText(), config, layers, directory);
    }

    /** The root file system of the image's containers. */
    Path root() {
        return directory.resolve("root");
    }

    /** The layer that has the file; fails if there is not exactly one. */
    int layerOf(String file) {
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            if (layers.get(i).containsKey(file)) {
                found.add(i);
            }
        }
        assertThat(found).as(file).hasSize(1);
        return found.get(0);
    }

    private static Path blob(Path directory, JsonNode descriptor) throws IOException {
        String digest = descriptor.get("digest").asText();
        assertThat(digest).matches("sha256:[0-9a-f]{64}");
        Path blob = directory.resolve("blobs/sha256").resolve(digest.substring("sha256:".length()));
        assertThat(blob).hasSize(descriptor.get("size").asLong());
        MessageDigest actual = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(blob), actual)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        assertThat("sha256:" + HexFormat.of().formatHex(actual.digest())).isEqualTo(digest);
        return blob;
    }

    private static void unpack(InputStream stream, Path directory, Map<String, TarArchiveEntry> files)
            throws IOException {
        // Not closed: who gave the stream may want to read its end.
        TarArchiveInputStream in = new TarArchiveInputStream(new BufferedInputStream(stream));
        for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
            Path file = directory.resolve(entry.getName()).normalize();
            assertThat(file).startsWithRaw(directory);
            files.put(entry.getName(), entry);
            if (entry.isDirectory()) {
                Files.createDirectories(file);
            } else {
                assertThat(entry.isFile()).as(entry.getName()).isTrue();
                Files.createDirectories(file.getParent());
                Files.copy(in, file);
                if ((entry.getMode() & 0111) != 0) {
                    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
                }
            }
        }
    }

    private static JsonNode json(Path file) throws IOException {
        return JSON.readTree(file.toFile());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has it", e);
        }
    }
}
