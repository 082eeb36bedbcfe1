package dev.galatea.store;

import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;

import static org.assertj.core.api.Assertions.assertThat;

class StoreBytesTest {

    private static final Sha256 DIGEST = Sha256.of(new byte[] {1});
    private static final JobId JOB = JobId.random();

    @Test
    void shouldNameTheKindOfEveryKey_andNoneOfItsIds() {
        Map<String, String> kinds = Map.of(
                ObjectKeys.latents(JOB, DIGEST),
                "latents",
                ObjectKeys.checkpoint(JOB, 3, DIGEST),
                "checkpoint",
                ObjectKeys.preview(JOB, 3),
                "preview",
                ObjectKeys.clip(JOB, DIGEST),
                "clip",
                ObjectKeys.thumbnail(JOB, DIGEST),
                "thumbnail",
                ObjectKeys.spritesheet(JOB, DIGEST),
                "spritesheet",
                ObjectKeys.embeddings(DIGEST, DIGEST, DIGEST),
                "embeddings",
                "jobs/" + JOB,
                "other",
                "whatever",
                "other");

        kinds.forEach((key, kind) -> assertThat(StoreBytes.kindOf(key)).as(key).isEqualTo(kind));
    }
}
