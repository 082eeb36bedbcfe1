package dev.galatea.gateway.api;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.gateway.body.Spool;
import dev.galatea.gateway.body.Spools;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.id.Sha256;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MultipartBodyTest {

    private static final int PIECE = 7;

    @TempDir
    Path directory;

    @Test
    void shouldReadFieldsAndMedia_andPassOverTheRest() {
        MultipartBody.Form form = read(part("form-data; name=\"prompt\"", "a red ball")
                + part("form-data; name=\"video[id]\"", "7")
                + part("form-data; name=\"input_reference\"; filename=\"a.png\"", "bytes")
                + part("form-data; name=\"notes\"; filename=\"notes.txt\"", "nobody reads this"));

        assertThat(form.fields().toString())
                .isEqualTo("{\"prompt\":\"a red ball\",\"video\":{\"id\":\"7\"},\"notes\":{}}");
        assertThat(form.media()).containsOnlyKeys("input_reference");
        assertThat(form.media().get("input_reference").bytes()).isEqualTo(5);
        assertThat(form.media().get("input_reference").head()).isEqualTo("bytes".getBytes(UTF_8));
        assertThat(form.media().get("input_reference").digest()).isEqualTo(Sha256.of("bytes".getBytes(UTF_8)));
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
    void shouldRefuseBytes_thatAreNoText() {
        byte[] body = (part("form-data; name=\"prompt\"", "a b\u00ffll") + "--b--\r\n").getBytes(ISO_8859_1);

        assertThatThrownBy(() -> readRaw(body))
                .isInstanceOf(ProblemException.class)
                .hasMessage("prompt: is no text in UTF-8; valid is text in that encoding");
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--b\r\n-x--b--\r\n",
                "--b\r\n\r\n",
                "--b\r\n: v\r\n\r\n\r\n--b--\r\n",
                "",
                "\0",
                "--b\r\nContent-Disposition: form-data; name=\"video\"\r\n\r\na\r\n--b\r\n"
                        + "Content-Disposition: form-data; name=\"video[id]\"\r\n\r\nb\r\n--b",
                "--b\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name=a\r\n\r\n%%%\r\n--b"
            })
    void shouldRefuseWhatIsMalformed(String body) {
        assertThatThrownBy(() -> readRaw(body.getBytes(ISO_8859_1)))
                .isInstanceOf(ProblemException.class)
                .hasMessageStartingWith("the body ");
    }

    @Test
    void shouldReadOrRefuse_whateverTheBodyIs() {
        Random random = new Random(28);
        byte[] valid = (part("form-data; name=\"prompt\"", "a red ball")
                        + part("form-data; name=\"video[id]\"", "7")
                        + part("form-data; name=\"last_frame\"; filename=\"a.png\"", "bytes")
                        + "--b--\r\n")
                .getBytes(ISO_8859_1);
        for (int round = 0; round < 5_000; round++) {
            byte[] body = mutated(valid, random);
            try {
                readRaw(body);
            } catch (ProblemException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }

    /** A few bytes replaced, removed or repeated, mostly by such as structure a form. */
    private static byte[] mutated(byte[] valid, Random random) {
        String telling = "\r\n-:;=\"[]b \0\377";
        StringBuilder text = new StringBuilder(new String(valid, ISO_8859_1));
        for (int change = random.nextInt(1, 8); change > 0 && !text.isEmpty(); change--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + random.nextInt(12));
            switch (random.nextInt(4)) {
                case 0 -> text.setCharAt(at, telling.charAt(random.nextInt(telling.length())));
                case 1 -> text.delete(at, end);
                case 2 -> text.insert(at, text.substring(at, end));
                default -> text.setLength(at);
            }
        }
        return text.toString().getBytes(ISO_8859_1);
    }

    @Test
    void shouldTakeAMedium_thatIsWrittenAsText() {
        String url = "data:;base64," + "QUJD".repeat(40);

        assertThat(read(part("form-data; name=input_reference", url)).fields().toString())
                .isEqualTo("{\"input_reference\":\"" + url + "\"}");
        assertThatThrownBy(() -> read(part("form-data; name=video", url + "QUJD".repeat(20))))
                .hasMessage("video: pictures and video are longer than 200 bytes");
    }

    @Test
    void shouldRefuseHeaders_thatAreLong() {
        String headers = "--b\r\nContent-Disposition: form-data; name=prompt\r\n";
        String message = "the body has more than 16384 bytes without content, such as the headers of a part";

        for (String body : List.of(
                headers + "X: " + "y".repeat(20_000) + "\r\n\r\np\r\n",
                headers + "X".repeat(20_000) + ": y\r\n\r\np\r\n",
                headers + "X: y\r\n".repeat(4_000) + "\r\np\r\n",
                "y".repeat(20_000) + "\r\n" + part("form-data; name=prompt", "p"))) {
            assertThatThrownBy(() -> read(body))
                    .isInstanceOf(ProblemException.class)
                    .hasMessage(message);
        }
        assertThat(read(headers + "X: " + "y".repeat(10_000) + "\r\n\r\np\r\n").fields())
                .hasToString("{\"prompt\":\"p\"}");
    }

    @Test
    void shouldNotKeepHeaders_thatGoOnForEver() {
        try (Spool spool = Spools.in(directory)) {
            MultipartBody reader = new MultipartBody("multipart/form-data; boundary=b", spool, 100, 200);
            reader.take("--b\r\nContent-Disposition: form-data; name=prompt\r\nX: ".getBytes(UTF_8));
            byte[] piece = "y".repeat(65_536).getBytes(UTF_8);

            assertThatThrownBy(() -> reader.take(piece)).isInstanceOf(ProblemException.class);
        }
    }

    @Test
    void shouldCountNames_asTextInMemory() {
        String name = "a".repeat(60);

        assertThatThrownBy(() ->
                        read(part("form-data; name=" + name + "1", "") + part("form-data; name=" + name + "2", "")))
                .hasMessage("the text fields of the body are longer than 100 bytes");
    }

    @ParameterizedTest
    @CsvSource({"1", "7", "4095", "1000000"})
    void shouldDecodeParts_whereverTheirPiecesEnd(int piece) {
        byte[] picture = new byte[150];
        new Random(7).nextBytes(picture);
        String encoded = Base64.getMimeEncoder().encodeToString(picture);

        MultipartBody.Form form = readRaw(
                ("--b\r\nContent-Disposition: form-data; name=video; filename=v\r\n"
                                + "content-transfer-encoding: BASE64\r\n\r\n"
                                + encoded + "\r\n--b\r\nContent-Disposition: form-data; name=prompt\r\n"
                                + "Content-Transfer-Encoding: quoted-printable\r\n\r\na r=65d =\r\nball\r\n--b\r\n"
                                + "Content-Disposition: form-data; name=seed\r\n"
                                + "Content-Transfer-Encoding: 8bit\r\n\r\n7\r\n--b--")
                        .getBytes(UTF_8),
                piece);

        assertThat(form.media().get("video").digest()).isEqualTo(Sha256.of(picture));
        assertThat(form.fields()).hasToString("{\"prompt\":\"a red ball\",\"seed\":\"7\"}");
    }

    private static String part(String disposition, String content) {
        return "--b\r\nContent-Disposition: " + disposition + "\r\n\r\n" + content + "\r\n";
    }

    private MultipartBody.Form read(String parts) {
        return readRaw((parts + "--b--\r\n").getBytes(UTF_8));
    }

    /** As bodies come: in pieces of any length. */
    private MultipartBody.Form readRaw(byte[] body) {
        return readRaw(body, PIECE);
    }

    private MultipartBody.Form readRaw(byte[] body, int piece) {
        try (Spool spool = Spools.in(directory)) {
            MultipartBody reader = new MultipartBody("multipart/form-data; boundary=b", spool, 100, 200);
            for (int from = 0; from < body.length; from += piece) {
                reader.take(Arrays.copyOfRange(body, from, Math.min(body.length, from + piece)));
            }
            return reader.finish();
        }
    }
}
