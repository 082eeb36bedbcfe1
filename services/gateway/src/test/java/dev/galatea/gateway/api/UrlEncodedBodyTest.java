package dev.galatea.gateway.api;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.gateway.problem.ProblemException;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
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
                "prompt=%ff%fe|prompt: is no text in UTF-8; valid is text in that encoding",
                "prompt=a%c3|prompt: is no text in UTF-8",
                "prompt=a&s%e4=1|the name of a field: is no text in UTF-8",
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
        for (String charset : new String[] {"none", "UTF-16", "x y"}) {
            assertThatThrownBy(() -> UrlEncodedBody.read(TYPE + "; charset=" + charset, body))
                    .as(charset)
                    .hasMessageMatching("Content-Type: names a charset that is not known.*|prompt: is no text.*");
        }
    }

    /** Bytes beyond ASCII ought to be escaped; many programs don't. */
    @Test
    void shouldReadTextThatIsNotEscaped_andRefuseWhatIsNone() {
        assertThat(UrlEncodedBody.read(TYPE, "prompt=héron".getBytes(UTF_8)).toString())
                .isEqualTo("{\"prompt\":\"héron\"}");
        assertThatThrownBy(() -> UrlEncodedBody.read(TYPE, "prompt=héron".getBytes(ISO_8859_1)))
                .hasMessageStartingWith("prompt: is no text in UTF-8");
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
