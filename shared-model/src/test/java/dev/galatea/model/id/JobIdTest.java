package dev.galatea.model.id;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class JobIdTest {

    @Test
    void shouldSortByTime_whenMadeHere() {
        JobId first = JobId.random();

        assertThat(first).isLessThan(JobId.random());
        assertThat(first.value().version()).isEqualTo(7);
        assertThat(Duration.between(first.timestampOr(Instant.EPOCH), Instant.now()))
                .isCloseTo(Duration.ZERO, Duration.ofMinutes(1));
    }

    @Test
    void shouldTakeAnyVersion_whenSomebodyElseMadeIt() {
        JobId id = JobId.parse("3D813CBB-47FB-32BA-91DF-831E1593AC29");

        assertThat(id).hasToString("3d813cbb-47fb-32ba-91df-831e1593ac29");
        assertThat(id.timestampOr(Instant.EPOCH)).isEqualTo(Instant.EPOCH);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "1",
                "1-1-1-1-1",
                "0198c0de7a117c3b9b545d0a6a1f2e01",
                "{0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01}",
                "0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01 ",
                "0198c0de-7a11-7c3b-9b54-5d0a6a1f2e0g",
                "../../etc/passwd"
            })
    void shouldSayWhatIsValid_whenTextIsNoUuid(String text) {
        assertThatThrownBy(() -> JobId.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("jobId: ")
                .hasMessageContaining("valid is");
    }

    @Test
    void shouldStayShort_whenTextIsLong() {
        assertThatThrownBy(() -> JobId.parse("x".repeat(100_000)))
                .satisfies(e -> assertThat(e.getMessage().length()).isCloseTo(150, within(50)));
    }

    @Test
    void shouldReadARecordsKey_onlyIfItNamesAJob() {
        JobId job = JobId.random();

        assertThat(JobId.ofKey(job.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .contains(job);
        assertThat(JobId.ofKey(new byte[] {1, 2})).isEmpty();
        assertThat(JobId.ofKey(null)).isEmpty();
    }
}
