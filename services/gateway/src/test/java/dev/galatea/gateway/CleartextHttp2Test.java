package dev.galatea.gateway;

import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import dev.galatea.testsupport.SharedSystemResource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/** HTTP/2 in clear text is off, in both ways to begin it. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class CleartextHttp2Test {

    @TestHTTPResource("/q/openapi")
    URI address;

    @Test
    void shouldAnswerInHttp1_whenAClientAsksForAnUpgrade() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();

        HttpResponse<Void> answer =
                client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.discarding());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    }

    @Test
    void shouldNotAnswerWithFrames_whenAClientBeginsInHttp2() throws Exception {
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout(10_000);
            byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
            socket.getOutputStream().write(preface);
            socket.getOutputStream().write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0}); // an empty SETTINGS frame

            InputStream in = socket.getInputStream();
            byte[] answer = in.readNBytes(9);

            // A server that speaks HTTP/2 sends its own SETTINGS, a frame; one that does not refuses in words.
            assertThat(new String(answer, US_ASCII)).startsWith("HTTP/");
        }
    }
}
