package dev.galatea.gateway.api;

import java.io.ByteArrayInputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.gateway.problem.ProblemException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MultipartBodyTest {

    @Test
    void shouldReadFieldsAndMedia_andPassOverTheRest() {
        MultipartBody.Form form = read(part("form-data; name=\"prompt\"", "a red ball")
                + part("form-data; name=\"video[id]\"", "7")
                + part("form-data; name=\"input_reference\"; filename=\"a.png\"", "bytes")
                + part("form-data; name=\"notes\"; filename=\"notes.txt\"", "nobody reads this"));

        assertThat(form.fields().toString())
                .isEqualTo("{\"prompt\":\"a red ball\",\"video\":{\"id\":\"7\"},\"notes\":{}}");
        assertThat(form.media()).containsOnlyKeys("input_reference");
        assertThat(form.media().get("input_reference")).isEqualTo("bytes".getBytes(UTF_8));
    }

    @ParameterizedTest
    @CsvSource({"form-data", "attachment; filename=a", "''"})
    void shouldPassOverParts_withoutAName(String disposition) {
        MultipartBody.Form form = read(part(disposition, "a") + part("form-data; name=prompt", "p"));

        assertThat(form.fields().toString()).isEqualTo("{\"prompt\":\"p\"}");
    }

    @Test
    void shouldTakeEmptyParts_asNotGiven() {
        MultipartBody.Form form = read(part("form-data; name=\"prompt\"", "")
                + part("form-data; name=\"seed\"", "")
                + part("form-data; name=\"input_reference\"; filename=\"\"", "")
                + part("form-data; name=\"last_frame\"", "")
                + part("form-data; name=\"video\"; filename=\"empty.mp4\"", ""));

        assertThat(form.fields().toString()).isEqualTo("{\"prompt\":\"\"}");
        assertThat(form.media()).containsOnlyKeys("video");
    }

    @Test
    void shouldReadABody_withoutAnyPart() {
        // What the official Python client sends if its only field is an empty text.
        assertThat(read("").fields()).isEmpty();
    }

    @Test
    void shouldReadTexts_inThePlaceOfMedia() {
        MultipartBody.Form form = read(part("form-data; name=\"image_reference\"", "{\"image_url\": \"https://a/b\"}")
                + part("form-data; name=\"input_reference\"", "https://a/c")
                + part("form-data; name=\"last_frame\"", "bytes"));

        assertThat(form.fields().toString())
                .isEqualTo("{\"image_reference\":\"{\\\"image_url\\\": \\\"https://a/b\\\"}\","
                        + "\"input_reference\":\"https://a/c\"}");
        assertThat(form.media()).containsOnlyKeys("last_frame");
    }

    @Test
    void shouldRefuseAPart_thatIsThereTwice() {
        assertThatThrownBy(() -> read(part("form-data; name=seed", "1") + part("form-data; name=seed", "2")))
                .hasMessageStartingWith("seed: is given more than once");
        String video = part("form-data; name=video; filename=v", "1");
        assertThatThrownBy(() -> read(video + video)).hasMessageStartingWith("video: is given more than once");
    }

    @ParameterizedTest
    @CsvSource({
        "extra_body, extra_body: is a file; valid is a text",
        "extra_params[seed], extra_params[seed]: is a file; valid is a text",
        "prompt, prompt: is given more than once"
    })
    void shouldRefuseAFile_ofWhichNothingWouldBeLeft(String name, String message) {
        String prompt = part("form-data; name=prompt", "p");
        String file = part("form-data; name=\"" + name + "\"; filename=a.json", "{\"seed\": 7}");

        assertThatThrownBy(() -> read(prompt + file)).hasMessageStartingWith(message);
    }

    @Test
    void shouldNameWhatIsTooLong() {
        assertThatThrownBy(() -> read(part("form-data; name=prompt", "p".repeat(101))))
                .isInstanceOf(ProblemException.class)
                .hasMessage("the text fields of the body are longer than 100 bytes");
        assertThatThrownBy(() -> read(part("form-data; name=video; filename=v", "p".repeat(201))))
                .hasMessage("video: pictures and video are longer than 200 bytes");
    }

    private static String part(String disposition, String content) {
        return "--b\r\nContent-Disposition: " + disposition + "\r\n\r\n" + content + "\r\n";
    }

    private static MultipartBody.Form read(String parts) {
        byte[] body = (parts + "--b--\r\n").getBytes(UTF_8);
        return MultipartBody.read("multipart/form-data; boundary=b", new ByteArrayInputStream(body), 100, 200);
    }
}
