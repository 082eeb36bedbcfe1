package dev.galatea.events;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import org.junit.jupiter.api.Test;

import dev.galatea.model.event.Pool;
import dev.galatea.model.event.Stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class PoolsTest {

    private static final List<String> BUNDLES = List.of("ltx-2b", "pebble", "wan21-14b", "wan22-5b");
    private static final Map<String, String> LISTS =
            Map.of("galatea.pools.wan-14b.bundles", "wan21-14b*", "galatea.pools.small.bundles", "wan22-5b, ltx-*");

    @Test
    void shouldKnowItsListsAndWhatItServes() {
        Pools pools = pools(with(LISTS, "galatea.denoising.pool", "small"));

        assertThat(pools.all()).containsExactly(Pool.DEFAULT, new Pool("small"), new Pool("wan-14b"));
        assertThat(pools.of(Stage.DENOISING)).isEqualTo(new Pool("small"));
        assertThat(pools.of(Stage.DECODING)).isEqualTo(Pool.DEFAULT);
        assertThat(pools.servedBy(Stage.DENOISING, BUNDLES)).containsExactly("ltx-2b", "wan22-5b");
        assertThat(pools.servedBy(Stage.DECODING, BUNDLES)).containsExactly("pebble");
        assertThat(pools.listedFor(Stage.DENOISING)).contains("small");
        assertThat(pools.listedFor(Stage.DECODING)).isEmpty();
    }

    @Test
    void shouldServeAll_whenThereAreNoLists() {
        Pools pools = pools(Map.of("galatea.denoising.pool", "small"));

        assertThat(pools.all()).containsExactly(Pool.DEFAULT, new Pool("small"));
        assertThat(pools.servedBy(Stage.DENOISING, BUNDLES)).isEqualTo(BUNDLES);
        assertThat(pools.listedFor(Stage.DENOISING)).isEmpty();
        assertThat(pools(Map.of()).all()).containsExactly(Pool.DEFAULT);
        assertThat(pools(Map.of("galatea.denoising.pool", " ")).all()).containsExactly(Pool.DEFAULT);
    }

    @Test
    void shouldRefuseAPoolThatHasNoList_whenThereAreLists() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pools(with(LISTS, "galatea.decoding.pool", "wan-5b")))
                .withMessage("galatea.decoding.pool: there is no pool 'wan-5b'; valid are [default, small, wan-14b]");
    }

    @Test
    void shouldRefuseWhatIsNoName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pools(Map.of("galatea.encoding.pool", "Wan 14B")))
                .withMessageStartingWith("galatea.encoding.pool: pool: 'Wan 14B' is not a pool's name; valid are");
    }

    @Test
    void shouldReadPoolsFromVariables() {
        Map<String, String> variables = Map.of(
                "GALATEA_POOLS_WAN_14B_BUNDLES", "wan21-14b*,wan22-a14b",
                "GALATEA_DENOISING_POOL", "wan-14b",
                "GALATEA_POOLS_WAN_14B", "x",
                "OTHER", "y");
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new PoolVariables(variables), new EnvConfigSource(variables, 300))
                .withMapping(PoolsConfig.class)
                .build();
        Pools pools = new Pools(config.getConfigMapping(PoolsConfig.class), config);

        assertThat(pools.all()).containsExactly(Pool.DEFAULT, new Pool("wan-14b"));
        assertThat(pools.bundles().of("wan22-a14b")).isEqualTo(new Pool("wan-14b"));
        assertThat(pools.of(Stage.DENOISING)).isEqualTo(new Pool("wan-14b"));
    }

    private static Pools pools(Map<String, String> values) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withDefaultValues(values)
                .withMapping(PoolsConfig.class)
                .build();
        return new Pools(config.getConfigMapping(PoolsConfig.class), config);
    }

    private static Map<String, String> with(Map<String, String> values, String key, String value) {
        Map<String, String> all = new HashMap<>(values);
        all.put(key, value);
        return all;
    }
}
