package dev.galatea.store;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.ObjectKind;
import dev.galatea.model.id.Sha256;

import static org.assertj.core.api.Assertions.assertThat;

class StoreBytesTest {

    private static final Sha256 DIGEST = Sha256.of(new byte[] {1});
    private static final JobId JOB = JobId.random();

    @Test
    void shouldNameTheKindOfEveryKey_andNoneOfItsIds() {
        Map<String, String> kinds = new HashMap<>();
        kinds.put(ObjectKeys.upload(JOB, DIGEST), "upload");
        kinds.put(ObjectKeys.reference(JOB, DIGEST), "reference");
        kinds.put(ObjectKeys.source(JOB, DIGEST), "source");
        kinds.put(ObjectKeys.latents(JOB, DIGEST), "latents");
        kinds.put(ObjectKeys.checkpoint(JOB, 3, DIGEST), "checkpoint");
        kinds.put(ObjectKeys.preview(JOB, 3), "preview");
        kinds.put(ObjectKeys.clip(JOB, DIGEST), "clip");
        kinds.put(ObjectKeys.thumbnail(JOB, DIGEST), "thumbnail");
        kinds.put(ObjectKeys.spritesheet(JOB, DIGEST), "spritesheet");
        kinds.put(ObjectKeys.embeddings(DIGEST, DIGEST, DIGEST), "embeddings");

        assertThat(kinds.values())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(ObjectKind.values()).map(ObjectKind::wireName).toList());
        kinds.put("jobs/" + JOB, "other");
        kinds.put("whatever", "other");
        kinds.forEach((key, kind) -> assertThat(StoreBytes.kindOf(key)).as(key).isEqualTo(kind));
    }
}
