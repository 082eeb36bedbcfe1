package dev.galatea.model.event;

import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import dev.galatea.model.id.JobId;

import static org.assertj.core.api.Assertions.assertThat;

class EventIdsTest {

    private static final JobId JOB = JobId.parse("0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01");

    /** A name-based UUID (version 5): anyone can compute it, in any language; so this one must never change. */
    @Test
    void shouldBeTheSameForEver() {
        assertThat(EventIds.of(JOB, EventType.LATENTS_DENOISED))
                .isEqualTo(UUID.fromString("83509658-e2e5-52d4-99cc-8cba04ba2d9d"));
        assertThat(EventIds.of(JOB, EventType.PROGRESS, "denoising/step/3"))
                .isEqualTo(UUID.fromString("34da9985-9eb1-5e85-823f-15f3adfc6af3"));
    }

    @Test
    void shouldDifferByTypeJobAndDiscriminator() {
        Set<UUID> ids =
                EventType.values().stream().map(type -> EventIds.of(JOB, type)).collect(Collectors.toSet());
        ids.add(EventIds.of(JobId.random(), EventType.PROGRESS));
        ids.add(EventIds.of(JOB, EventType.PROGRESS, "x"));

        assertThat(ids).hasSize(EventType.values().size() + 2);
    }

    @Test
    void shouldSortByTime_whenRandom() {
        assertThat(EventIds.random().version()).isEqualTo(7);
    }
}
