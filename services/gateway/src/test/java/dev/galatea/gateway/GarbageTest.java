package dev.galatea.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.List;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

/** Requests that make no sense are the client's mistake, and are answered so. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class GarbageTest {

    private static final String BODY = "Content-Length: 2\r\n\r\n{}";
    private static final String FORM = "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: ";

    @TestHTTPResource("/")
    URI root;

    @BeforeEach
    void waitUntilReady() {
        Management.awaitReady();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /v1/videos HTTP/1.1\r\nContent-Type: garbage\r\n" + BODY,
                "POST /v1/videos HTTP/1.1\r\nContent-Type: \r\n" + BODY,
                "POST /v1/videos HTTP/1.1\r\nContent-Type: /\r\n" + BODY,
                "POST /v1/videos HTTP/1.1\r\nContent-Type: application/json; charset\r\n" + BODY,
                "POST /v1/videos HTTP/1.1\r\nContent-Type: application/json;;;=\r\n" + BODY,
                "POST /v1/videos HTTP/1.1\r\nContent-Type: application/json; charset=nothing\r\n" + BODY,
                "POST /v1/videos HTTP/1.1\r\nContent-Type: multipart/form-data\r\n" + BODY,
                "POST /v1/videos HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=\r\n" + BODY,
                "POST /v1/videos HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=\"\\\"\r\n" + BODY,
                "POST /v1/videos HTTP/1.1\r\n" + FORM + "14\r\n\r\n--b\r\n-x--b--\r\n",
                "POST /v1/videos/edits HTTP/1.1\r\n" + FORM + "0\r\n\r\n",
                "POST /v1/videos HTTP/1.1\r\n" + FORM
                        + "59\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n" + "A: b\r\n\r\na\r\n-",
                "POST /v1/videos HTTP/1.1\r\n" + FORM
                        + "99\r\n\r\n--b\r\nContent-Disposition: form-data; name=a; filename=a\r\n"
                        + "Content-Transfer-Encoding: x\r\n\r\na\r\n--b--\r\n",
                "POST /v1/videos HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5\r\n\r\na=%zz",
                "POST /v1/videos HTTP/1.1\r\n" + BODY,
                "POST /v1/videos HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n\377\376",
                "GET /v1/videos HTTP/1.1\r\nAccept: garbage\r\n\r\n",
                "GET /v1/videos HTTP/1.1\r\nAccept: application/json;q=x\r\n\r\n",
                "GET /v1/videos HTTP/1.1\r\nAccept: ,;/\r\n\r\n",
                "GET /v1/videos?limit=%zz HTTP/1.1\r\n\r\n",
                "GET /v1/videos?limit=%c0%af&%&=%0 HTTP/1.1\r\n\r\n",
                "GET /v1/videos?after=%00&status=%ff HTTP/1.1\r\n\r\n",
                "GET /v1/videos/%zz HTTP/1.1\r\n\r\n",
                "GET /v1/videos% HTTP/1.1\r\n\r\n",
                "GET /v1/videos/%00 HTTP/1.1\r\n\r\n",
                "GET /v1/videos/%c0%af/content HTTP/1.1\r\nRange: bytes=-\r\n\r\n",
                "GET /v1/videos/;a=b/events HTTP/1.1\r\n\r\n",
                "GET /%2e%2e/%2e%2e/ui/app.js HTTP/1.1\r\n\r\n",
                "GET /ui/%00 HTTP/1.1\r\n\r\n",
                "GARBAGE /v1/videos HTTP/1.1\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET * HTTP/1.1\r\n\r\n",
                "GET http://[ HTTP/1.1\r\n\r\n",
                "GET \\ HTTP/1.1\r\n\r\n",
                "\0\0\0\0\r\n\r\n"
            })
    void shouldNeverBeTakenForADefect(String request) throws IOException {
        neverBeTakenForADefect(request);
    }

    @Test
    void shouldNeverBeTakenForADefect_howeverLongItIs() throws IOException {
        String form = "POST /v1/videos HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ";

        neverBeTakenForADefect(form + "60000\r\n\r\na=" + "b".repeat(59_998));
        neverBeTakenForADefect(form + "200000\r\n\r\na=" + "b".repeat(199_998));
        neverBeTakenForADefect(form + "60000\r\n\r\n" + "a=b&".repeat(15_000));
        neverBeTakenForADefect("GET /v1/videos?" + "a=b&".repeat(900) + " HTTP/1.1\r\n\r\n");
    }

    @Test
    void shouldNotMindThatClientsLeave_inTheMiddleOfABody() throws Exception {
        LoggedErrors errors = new LoggedErrors();
        try (errors) {
            for (int i = 0; i < 300; i++) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), root.getPort())) {
                    String request = "POST /v1/videos HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
                            + (i % 2 == 0
                                    ? "Content-Type: application/json\r\n\r\n{"
                                    : FORM.substring(0, FORM.indexOf("Content-Length")) + "\r\n--b");
                    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
                    Thread.sleep(i % 5);
                    // With a reset, as of a process that was killed.
                    socket.setSoLinger(true, 0);
                }
            }
            Awaitility.await().until(() -> given().get("/v1/models").statusCode() == 200);
        }
        assertThat(errors.messages()).isEmpty();
    }

    @Test
    void shouldNotMindThatClientsLeave_beforeTheyAreAnswered() {
        LoggedErrors errors = new LoggedErrors();
        try (errors) {
            Infrastructure.handleDroppedException(ProblemException.badRequest("empty_prompt", "prompt", "is empty"));
            Infrastructure.handleDroppedException(new TimeoutException());
            assertThat(errors.messages()).isEmpty();

            Infrastructure.handleDroppedException(new IllegalStateException("a defect"));
            assertThat(errors.messages()).hasSize(1);
        }
    }

    private void neverBeTakenForADefect(String request) throws IOException {
        String withHost = request.replaceFirst("HTTP/1.1\r\n", "HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        LoggedErrors errors = new LoggedErrors();
        try (errors) {
            for (URI door : doors(request)) {
                assertThat(answer(door, withHost))
                        .matches("(?s)HTTP/[12].[01] [234].*")
                        .doesNotContain("internal_error");
            }
        }
        assertThat(errors.messages()).isEmpty();
    }

    /** The management interface speaks HTTP/2, and Quarkus lets nobody forbid it. */
    private List<URI> doors(String request) {
        return request.startsWith("PRI ") ? List.of(root) : List.of(root, URI.create(Management.at("/")));
    }

    private static String answer(URI door, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.getPort())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }
}
