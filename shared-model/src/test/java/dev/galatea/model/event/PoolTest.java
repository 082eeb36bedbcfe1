package dev.galatea.model.event;

import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PoolTest {

    private final JobSpec spec = ExampleSpec.read();

    @ParameterizedTest
    @ValueSource(strings = {"wan-14b", "24gb", "a", "aaaaaaaaaabbbbbbbbbbcccccccccc"})
    void shouldTakeWordsAndNumbers(String name) {
        assertThat(new Pool(name).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "WAN", "-a", "a-", "a--b", "a b", "a.b", "a_b", "a/b", "aaaaaaaaaabbbbbbbbbbccccccccccd"})
    void shouldRefuseOtherNames(String name) {
        assertThatThrownBy(() -> new Pool(name)).hasMessageContaining("is not a pool's name; valid are up to 30");
    }

    @Test
    void shouldBeAbsentFromSpecsOfTheDefaultPool() {
        assertThat(spec.withPool(Pool.DEFAULT)).isEqualTo(spec);
        assertThat(spec.withPool(Pool.DEFAULT).pool()).isNull();
        assertThat(spec.poolOrDefault()).isEqualTo(Pool.DEFAULT);
        assertThat(EventCodec.mapper().<ObjectNode>valueToTree(spec).has("pool"))
                .isFalse();
    }

    @Test
    void shouldBeReadFromASpec() throws Exception {
        ObjectNode json = EventCodec.mapper().valueToTree(spec);
        assertThat(EventCodec.mapper().treeToValue(json, JobSpec.class).pool()).isNull();
        assertThat(EventCodec.mapper().treeToValue(json.putNull("pool"), JobSpec.class))
                .isEqualTo(spec);
        assertThat(EventCodec.mapper().treeToValue(json.put("pool", "wan-14b"), JobSpec.class))
                .isEqualTo(spec.withPool(new Pool("wan-14b")));
    }

    @Test
    void shouldBeNoPartOfWhatIsMade() {
        JobSpec pooled = spec.withPool(new Pool("wan-14b"));

        assertThat(pooled).isNotEqualTo(spec);
        assertThat(pooled.withoutPool()).isEqualTo(spec);
        assertThat(CanonicalJson.digest(Map.of("spec", pooled.withoutPool())))
                .isEqualTo(CanonicalJson.digest(Map.of("spec", spec)));
    }

    @Test
    void shouldNotBeSetByAPrompt() throws Exception {
        byte[] prompt = """
                {"jobId": "0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01", "prompt": "a red ball", "pool": "wan-14b"}
                """.getBytes(java.nio.charset.StandardCharsets.UTF_8);

        assertThat(EventCodec.write(EventCodec.read(PromptSubmitted.class, prompt)))
                .asString()
                .doesNotContain("wan-14b");
    }
}
