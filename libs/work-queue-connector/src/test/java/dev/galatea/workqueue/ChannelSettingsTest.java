package dev.galatea.workqueue;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import org.eclipse.microprofile.config.Config;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ChannelSettingsTest {

    @Test
    void shouldHaveDefaults_whenOnlyTheGroupIsNamed() {
        ChannelSettings settings = ChannelSettings.of(config(Map.of()), Map.of("bootstrap.servers", "here:9092"));
        assertThat(settings.topic()).isEqualTo("work");
        assertThat(settings.mode()).isEqualTo(ChannelSettings.Mode.SHARE);
        assertThat(settings.slots()).isEqualTo(1);
        assertThat(settings.lockDuration()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.failureStrategy()).isEqualTo("release");
        assertThat(settings.metrics().tags()).containsExactly(Map.entry("channel", "work"));
        assertThat(settings.client()).containsExactly(Map.entry("bootstrap.servers", "here:9092"));
    }

    @Test
    void shouldReadAttributes_andPassConsumerSettingsOn() {
        ChannelSettings settings = ChannelSettings.of(
                config(Map.of(
                        "mode", "Classic",
                        "grace-period", "PT1M",
                        "first-pause", "250ms",
                        "bootstrap.servers", "there:9092",
                        "isolation.level", "read_committed",
                        "metric-tags", "stage=one, zone=b")),
                Map.of("bootstrap.servers", "here:9092"));
        assertThat(settings.mode()).isEqualTo(ChannelSettings.Mode.CLASSIC);
        assertThat(settings.gracePeriod()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.firstPause()).isEqualTo(Duration.ofMillis(250));
        assertThat(settings.client())
                .containsEntry("bootstrap.servers", "there:9092")
                .containsEntry("isolation.level", "read_committed");
        assertThat(settings.metrics().tags()).containsEntry("stage", "one").containsEntry("zone", "b");
    }

    @Test
    void shouldNameTheAttribute_whenItIsInvalid() {
        assertThatThrownBy(() -> ChannelSettings.of(config(Map.of("mode", "queue")), Map.of()))
                .hasMessageContaining("mode: is 'queue'; valid is share or classic");
        assertThatThrownBy(() -> ChannelSettings.of(config(Map.of("slots", "0")), Map.of()))
                .hasMessageContaining("slots: is 0");
        assertThatThrownBy(() -> ChannelSettings.of(config(Map.of("metric-tags", "stage")), Map.of()))
                .hasMessageContaining("metric-tags");
    }

    private static Config config(Map<String, String> attributes) {
        Map<String, String> all = new HashMap<>(attributes);
        all.put("channel-name", "work");
        all.putIfAbsent("group.id", "workers");
        return new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(all, "test", 100))
                .build();
    }
}
