package dev.galatea.model.pipeline;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.model.event.EventType;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.Pool;
import dev.galatea.model.event.Stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class BundlePoolsTest {

    private final BundlePools pools = BundlePools.of(Map.of(
            "wan-14b", List.of("wan21-14b*", " wan22-a14b "),
            "ltx", List.of("ltx-13b")));

    @ParameterizedTest
    @CsvSource({
        "wan21-14b, wan-14b",
        "wan21-14b-int8, wan-14b",
        "wan22-a14b, wan-14b",
        "wan22-a14b-int8, default",
        "ltx-13b, ltx",
        "pebble, default"
    })
    void shouldPutEachBundleIntoOnePool(String bundle, String pool) {
        assertThat(pools.of(bundle)).isEqualTo(new Pool(pool));
    }

    @Test
    void shouldListTheDefaultPoolFirst() {
        assertThat(pools.all()).containsExactly(Pool.DEFAULT, new Pool("ltx"), new Pool("wan-14b"));
        assertThat(BundlePools.NONE.all()).containsExactly(Pool.DEFAULT);
        assertThat(BundlePools.NONE.of("pebble")).isEqualTo(Pool.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource({
        "pebble, pebble",
        "wan22-*, wan22-5b",
        "wan22-5b, wan22-*",
        "wan*, wan22-*",
        "wan22-*, wan*",
        "*, pebble"
    })
    void shouldRefuseABundleInTwoPools(String one, String other) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BundlePools.of(Map.of("a", List.of("x", one), "b", List.of(other, "y"))))
                .withMessage("galatea.pools.b.bundles: '" + other + "' and '" + one
                        + "' of galatea.pools.a.bundles name the same bundles; valid is one pool for each bundle");
    }

    @ParameterizedTest
    @CsvSource({"wan22-*, wan21-*", "wan22-5b, wan22-5b-int8", "wan22-5b*, wan22-14b"})
    void shouldTakeListsThatDoNotMeet(String one, String other) {
        assertThatCode(() -> BundlePools.of(Map.of("a", List.of(one), "b", List.of(other))))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "Wan, pebble, galatea.pools.Wan.bundles: pool: 'Wan' is not a pool's name; valid are up to 30",
        "default, pebble, galatea.pools.default.bundles: the pool 'default' has the bundles that no other pool has",
        "a, Pebble, galatea.pools.a.bundles: 'Pebble' is not the name of a bundle; valid are",
        "a, we*ird, galatea.pools.a.bundles: 'we*ird' is not the name of a bundle; valid are",
        "a, a b, galatea.pools.a.bundles: 'a b' is not the name of a bundle; valid are",
        "a, '', galatea.pools.a.bundles: '' is not the name of a bundle; valid are"
    })
    void shouldSayWhichNameIsNotValid(String pool, String bundle, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BundlePools.of(Map.of(pool, List.of(bundle))))
                .withMessageContaining(message);
    }

    @Test
    void shouldRefuseAPoolWithoutBundles() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BundlePools.of(Map.of("a", List.of())))
                .withMessageStartingWith("galatea.pools.a.bundles: names no bundle; valid are");
    }

    @Test
    void shouldRefuseANameThatIsNoBundlesHere_butNotABeginning() {
        pools.requireBundles(List.of("wan22-a14b", "ltx-13b", "pebble"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> pools.requireBundles(List.of("pebble", "ltx-13b")))
                .withMessage("galatea.pools.wan-14b.bundles: 'wan22-a14b' is not a bundle here; valid are"
                        + " [ltx-13b, pebble]");
    }

    @Test
    void shouldRefuseAPoolWhoseQueueIsCalledAsThatOfAStage() {
        Pipeline pipeline = Pipeline.VIDEO.insertAfter(
                Stage.DENOISING,
                StageDefinition.of(new Stage("denoising-twice"))
                        .takes(EventType.ofStage("video.smoothing.requested.v1", SmoothingRequested.class))
                        .gives(EventType.LATENTS_DENOISED)
                        .requestedWith(LatentsDenoised.class, spec -> true, SmoothingRequested::of)
                        .queued()
                        .build());
        BundlePools.of(Map.of("once", List.of("pebble"))).requireDistinctQueues(pipeline);

        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> BundlePools.of(Map.of("twice", List.of("pebble"))).requireDistinctQueues(pipeline))
                .withMessageContaining("galatea-denoising-twice")
                .withMessageContaining("valid are pools of other names");
    }
}
