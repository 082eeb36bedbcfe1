package dev.galatea.model.bundle;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

/** Checks what a manifest says of the pictures and videos that clips can be made from. */
final class ReferenceFields extends FieldChecks {

    private static final List<String> FIRST_FRAME = List.of("first_frame");

    private final BundleManifest manifest;

    private ReferenceFields(Path file, BundleManifest manifest) {
        super(file);
        this.manifest = manifest;
    }

    static void check(Path file, BundleManifest manifest) throws BundleException {
        ReferenceFields fields = new ReferenceFields(file, manifest);
        fields.checkReferences();
        fields.checkImageEmbeddings();
    }

    private void checkReferences() throws BundleException {
        List<String> references = manifest.references();
        for (String reference : references) {
            requireThat(
                    "references",
                    reference,
                    BundleManifest.REFERENCES.contains(reference),
                    String.join(", ", new TreeSet<>(BundleManifest.REFERENCES)));
        }
        requireThat(
                "references",
                references,
                references.isEmpty() || manifest.files().containsKey("encoder"),
                "none without files.encoder");
        requireThat(
                "references",
                references,
                manifest.conditioning() == Conditioning.PLACE || !references.contains("extension"),
                "those without extension for conditioning "
                        + manifest.conditioning().wireName());
        requireThat(
                "referenceRequired",
                manifest.referenceRequired(),
                !manifest.referenceRequired() || !references.isEmpty(),
                "false without references");
    }

    private void checkImageEmbeddings() throws BundleException {
        ImageEmbeddings embeddings = manifest.imageEmbeddings();
        if (embeddings == null) {
            String role = ImageEmbeddings.ROLE;
            requireThat(
                    "files", role, !manifest.files().containsKey(role), "none of this role without imageEmbeddings");
            return;
        }
        atLeast("imageEmbeddings.tokens", embeddings.tokens(), 1);
        atLeast("imageEmbeddings.dim", embeddings.dim(), 1);
        requireThat(
                "imageEmbeddings",
                embeddings,
                manifest.files().containsKey(ImageEmbeddings.ROLE),
                "none without files." + ImageEmbeddings.ROLE);
        // Nothing else says what the embeddings are of.
        requireThat(
                "references",
                manifest.references(),
                manifest.references().equals(FIRST_FRAME),
                FIRST_FRAME + " with imageEmbeddings");
        requireThat(
                "referenceRequired",
                manifest.referenceRequired(),
                manifest.referenceRequired(),
                "true with imageEmbeddings");
    }
}
