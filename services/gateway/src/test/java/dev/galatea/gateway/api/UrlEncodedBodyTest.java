package dev.galatea.gateway.api;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.gateway.problem.ProblemException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class UrlEncodedBodyTest {

    private static final String TYPE = "application/x-www-form-urlencoded";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "prompt=a+red%20ball&seed=7|{\"prompt\":\"a red ball\",\"seed\":\"7\"}",
                "prompt=h%C3%A9ron&|{\"prompt\":\"héron\"}",
                "prompt=&seed=&size|{\"prompt\":\"\"}",
                "video[id]=7&a[b][c]=1&a[b][d]=2|{\"video\":{\"id\":\"7\"},\"a\":{\"b\":{\"c\":\"1\",\"d\":\"2\"}}}",
                "characters[]=a&characters[]=b|{\"characters\":[\"a\",\"b\"]}",
                "a%5Bb%5D=1&[c]=2&d[e=3|{\"a\":{\"b\":\"1\"},\"[c]\":\"2\",\"d[e\":\"3\"}",
                "``|{}"
            })
    void shouldReadFields(String body, String fields) {
        assertThat(UrlEncodedBody.read(TYPE, body.getBytes(UTF_8)).toString()).isEqualTo(fields);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "prompt=50%|the body has a % that",
                "prompt=%zz|the body has a % that",
                "seed=1&seed=2|seed: is given more than once",
                "a=1&a[b]=2|a[b]: is given more than once",
                "a[b]=1&a[]=2|a[]: is given more than once",
                "{\"prompt\": \"p\"}|Content-Type: is that of a form, but the body is JSON"
            })
    void shouldSayWhatIsWrong(String body, String message) {
        assertThatThrownBy(() -> UrlEncodedBody.read(TYPE, body.getBytes(UTF_8)))
                .isInstanceOf(ProblemException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void shouldReadTheCharset_thatTheTypeSays() {
        byte[] body = "prompt=h%E9ron".getBytes(UTF_8);

        assertThat(UrlEncodedBody.read(TYPE + "; charset=ISO-8859-1", body).toString())
                .isEqualTo("{\"prompt\":\"héron\"}");
        assertThatThrownBy(() -> UrlEncodedBody.read(TYPE + "; charset=none", body))
                .hasMessageStartingWith("Content-Type: names a charset that is not known");
    }

    @Test
    void shouldRefuseTooManyFields() {
        StringBuilder body = new StringBuilder("prompt=p");
        for (int i = 0; i < 100; i++) {
            body.append("&f").append(i).append('=').append(i);
        }
        assertThatThrownBy(() -> UrlEncodedBody.read(TYPE, body.toString().getBytes(UTF_8)))
                .hasMessage("the body has more than 100 fields");
    }
}
