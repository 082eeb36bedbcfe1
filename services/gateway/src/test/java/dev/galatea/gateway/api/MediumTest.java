package dev.galatea.gateway.api;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

class MediumTest {

    @ParameterizedTest
    @CsvSource({
        "....ftypisom, true",
        "....ftypqt  , true",
        "'....wide....', true",
        "'....moov....', true",
        "....ftypheic, false",
        "....ftyphevc, false",
        "....ftypavis, false",
        "'\u001aE\u00df\u00a3', true",
        "\u00ff\u00d8\u00ff, false",
        "...., false",
        "'', false"
    })
    void shouldTellFilmsFromPictures(String head, boolean film) {
        assertThat(Medium.beginsAsVideo(head.getBytes(ISO_8859_1))).isEqualTo(film);
    }
}
