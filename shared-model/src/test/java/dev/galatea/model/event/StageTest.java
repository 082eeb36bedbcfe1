package dev.galatea.model.event;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StageTest {

    @Test
    void shouldReadStagesThatItDoesNotKnow() throws Exception {
        assertThat(EventCodec.mapper().readValue("\"upscaling-x2\"", Stage.class))
                .isEqualTo(new Stage("upscaling-x2"));
        assertThat(EventCodec.mapper().readValue("\"denoising\"", Stage.class)).isEqualTo(Stage.DENOISING);
        assertThat(EventCodec.mapper().writeValueAsString(Stage.DENOISING)).isEqualTo("\"denoising\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "DENOISING",
                "-a",
                "a-",
                "a--b",
                "a b",
                "a/b",
                "2x",
                "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddx"
            })
    void shouldRefuseNamesThatAreNotWellFormed(String name) {
        assertThatThrownBy(() -> new Stage(name)).hasMessageContaining("is not a stage's name; valid are up to 40");
    }
}
