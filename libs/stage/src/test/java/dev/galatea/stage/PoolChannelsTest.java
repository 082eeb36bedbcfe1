package dev.galatea.stage;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class PoolChannelsTest {

    private static final String CHANNEL = "mp.messaging.incoming.conditioned-prompts.";
    private static final Map<String, String> DEFAULTS = Map.of(
            CHANNEL + "topic",
            "video.prompt.conditioned.v1",
            CHANNEL + "group.id",
            "galatea-denoising",
            CHANNEL + "metric-tags",
            "stage=denoising",
            "mp.messaging.incoming.accepted-jobs.topic",
            "video.job.accepted.v1",
            "mp.messaging.incoming.accepted-jobs.group.id",
            "galatea-text-conditioning",
            "mp.messaging.outgoing.denoised-latents.topic",
            "video.latents.denoised.v1",
            "mp.messaging.incoming.others.topic",
            "orders");

    @Test
    void shouldTakeTopicAndGroupOfThePool() {
        SmallRyeConfig config = config(Map.of("GALATEA_DENOISING_POOL", "wan-14b"));

        assertThat(config.getRawValue(CHANNEL + "topic")).isEqualTo("video.prompt.conditioned.v1.wan-14b");
        assertThat(config.getRawValue(CHANNEL + "group.id")).isEqualTo("galatea-denoising-wan-14b");
        assertThat(config.getRawValue(CHANNEL + "metric-tags")).isEqualTo("stage=denoising,pool=wan-14b");
        assertUnchanged(config, "mp.messaging.incoming.accepted-jobs.topic");
        assertUnchanged(config, "mp.messaging.incoming.accepted-jobs.group.id");
        assertUnchanged(config, "mp.messaging.outgoing.denoised-latents.topic");
        assertUnchanged(config, "mp.messaging.incoming.others.topic");
    }

    @Test
    void shouldChangeNoTopicAndNoGroup_withoutAPool() {
        for (Map<String, String> environment :
                List.<Map<String, String>>of(Map.of(), Map.of("GALATEA_DENOISING_POOL", "default"))) {
            SmallRyeConfig config = config(environment);

            assertUnchanged(config, CHANNEL + "topic");
            assertUnchanged(config, CHANNEL + "group.id");
            assertThat(config.getRawValue(CHANNEL + "metric-tags")).isEqualTo("stage=denoising,pool=default");
        }
    }

    @Test
    void shouldLeaveAloneWhatAnOperatorSets() {
        SmallRyeConfig config = config(Map.of(
                "GALATEA_DENOISING_POOL", "wan-14b",
                "MP_MESSAGING_INCOMING_CONDITIONED_PROMPTS_TOPIC", "video.prompt.conditioned.v1.other"));

        assertThat(config.getRawValue(CHANNEL + "topic")).isEqualTo("video.prompt.conditioned.v1.other");
        assertUnchanged(config, CHANNEL + "group.id");
    }

    @Test
    void shouldRefuseWhatIsNoPoolsName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config(Map.of("GALATEA_DENOISING_POOL", "Wan")))
                .withMessageStartingWith("galatea.denoising.pool: pool: 'Wan' is not a pool's name; valid are");
    }

    private static void assertUnchanged(SmallRyeConfig config, String key) {
        assertThat(config.getRawValue(key)).as(key).isEqualTo(DEFAULTS.get(key));
    }

    private static SmallRyeConfig config(Map<String, String> environment) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new PropertiesConfigSource(new HashMap<>(DEFAULTS), "defaults", 100))
                .withSources(new EnvConfigSource(environment, 300))
                .withSources(new PoolChannels())
                .build();
    }
}
