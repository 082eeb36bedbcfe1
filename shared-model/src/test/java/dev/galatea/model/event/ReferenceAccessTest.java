package dev.galatea.model.event;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;

import static org.assertj.core.api.Assertions.assertThat;

class ReferenceAccessTest {

    private static final Sha256 DIGEST = Sha256.of(new byte[] {1});

    private final JobId job = JobId.parse("0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01");
    private final JobId other = JobId.parse("0198c0de-7a11-7c3b-9b54-5d0a6a1f2e02");

    @Test
    void shouldAllowUploadsOfTheJob_andClipsByTheirDigest() {
        assertThat(isAllowed(ObjectKeys.upload(job, DIGEST))).isTrue();
        assertThat(isAllowed(ObjectKeys.jobPrefix(job) + "upload-my.picture_1-a.png"))
                .isTrue();
        assertThat(isAllowed(ObjectKeys.clip(job, DIGEST))).isTrue();
        assertThat(isAllowed(ObjectKeys.clip(other, DIGEST))).isTrue();
    }

    @Test
    void shouldAllowWhatJobsShare_toThemAlone() {
        JobId third = JobId.parse("0198c0de-7a11-7c3b-9b54-5d0a6a1f2e03");
        String shared = ObjectKeys.upload(List.of(other, job), DIGEST);
        String sharer = shared.substring(shared.lastIndexOf('.'));
        List<JobId> most = Stream.concat(Stream.of(other, third), Stream.generate(JobId::random))
                .limit(ObjectKeys.SHARERS - 1L)
                .toList();

        assertThat(isAllowed(ObjectKeys.upload(List.of(other, third, job), DIGEST)))
                .isTrue();
        assertThat(isAllowed(ObjectKeys.upload(List.of(job, other, third), DIGEST)))
                .isTrue();
        assertThat(isAllowed(ObjectKeys.upload(most, DIGEST))).isFalse();
        assertThat(isAllowed(ObjectKeys.upload(
                        Stream.concat(Stream.of(job), most.stream()).toList(), DIGEST)))
                .isTrue();
        assertThat(isAllowed(ObjectKeys.upload(
                        Stream.concat(most.stream(), Stream.of(job)).toList(), DIGEST)))
                .isTrue();
        assertThat(isAllowed(ObjectKeys.upload(other, DIGEST) + sharer.substring(1)))
                .isFalse();
        assertThat(isAllowed(ObjectKeys.jobPrefix(other) + "upload-a" + sharer)).isFalse();
        assertThat(isAllowed(ObjectKeys.latents(other, DIGEST) + sharer)).isFalse();
    }

    @Test
    void shouldAllowNothingElse() {
        assertThat(isAllowed(ObjectKeys.upload(other, DIGEST))).isFalse();
        assertThat(isAllowed(ObjectKeys.clip(other, Sha256.of(new byte[] {2})))).isFalse();
        assertThat(isAllowed(ObjectKeys.thumbnail(job, DIGEST))).isFalse();
        assertThat(isAllowed(ObjectKeys.latents(other, DIGEST))).isFalse();
        assertThat(isAllowed(ObjectKeys.source(other, DIGEST))).isFalse();
        assertThat(isAllowed(ObjectKeys.preview(other, 3))).isFalse();
        assertThat(isAllowed(ObjectKeys.checkpoint(job, 3, DIGEST))).isFalse();
        assertThat(isAllowed(ObjectKeys.embeddings(DIGEST, DIGEST, DIGEST))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bundle.json",
                "jobs/0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01/upload-",
                "jobs/0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01/upload-a/b",
                "jobs/0198C0DE-7A11-7C3B-9B54-5D0A6A1F2E01/upload-a",
                "jobs/0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01/upload-a\n",
                "jobs/x/upload-a"
            })
    void shouldAllowNothing_thatOnlyLooksLikeAnUpload(String key) {
        assertThat(isAllowed(key)).isFalse();
    }

    private boolean isAllowed(String key) {
        return ReferenceAccess.isAllowed(job, new ObjectRef("galatea", key, "video/mp4", 1, DIGEST));
    }
}
