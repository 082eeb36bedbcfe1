package dev.galatea.jobtracking.admission;

import java.util.List;

import org.junit.jupiter.api.Test;

import dev.galatea.jobtracking.Fixtures;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.MediaSource;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceAccess;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.ReferenceMedia.Role;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.tensor.ObjectRef;

import static dev.galatea.jobtracking.Fixtures.Prompts.prompt;
import static org.assertj.core.api.Assertions.assertThat;

/** The objects that a prompt may start from. */
class ReferenceRulesTest {

    private final Admission admission = new Admission(Fixtures.catalogue(), Fixtures.MAX_PIXEL_STEPS);
    private final JobId job = JobId.random();

    @Test
    void shouldTakeUploadsOfTheJob_andClips() {
        ObjectRef upload =
                Fixtures.object(ObjectKeys.upload(job, Fixtures.clip().sha256()));

        assertThat(decide(Role.VIDEO, upload)).isInstanceOf(Decision.Accepted.class);
        assertThat(decide(Role.VIDEO, Fixtures.clip())).isInstanceOf(Decision.Accepted.class);
    }

    @Test
    void shouldHaveOneAnswer_forEverythingElse() {
        List<String> keys = List.of(
                ObjectKeys.upload(JobId.random(), Fixtures.clip().sha256()),
                ObjectKeys.latents(job, Fixtures.clip().sha256()),
                "jobs/" + JobId.random() + "/clip-0000000000000000.mp4",
                "bundles/pebble/bundle.json");
        for (String key : keys) {
            assertThat(decide(Role.FIRST_FRAME, Fixtures.object(key)))
                    .as(key)
                    .isEqualTo(new Decision.Refused(
                            Failure.invalid("reference_not_available", "reference.object", ReferenceAccess.PROBLEM)));
        }
    }

    private Decision decide(Role role, ObjectRef object) {
        ReferenceMedia reference = new ReferenceMedia(role, MediaSource.stored(object), null, null, null);
        PromptSubmitted submitted =
                prompt().model("boulder").reference(reference).build();
        return admission.decide(submitted.withJobId(job));
    }
}
