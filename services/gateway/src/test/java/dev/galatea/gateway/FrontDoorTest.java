package dev.galatea.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.List;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

/** What a foreign web page can make a browser of this computer do with the door: nothing. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class FrontDoorTest {

    @TestHTTPResource("/")
    URI root;

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1/videos", "/v1/models", "/q/openapi", "/nothing/here"})
    void shouldNotAnswerToForeignNames(String path) {
        given().header("Host", "rebound.example:" + root.getPort())
                .get(path)
                .then()
                .statusCode(403)
                .contentType("application/problem+json")
                .header("x-request-id", startsWith("req_"))
                .body("code", equalTo("host_not_allowed"))
                .body("error.param", equalTo("Host"));
    }

    @Test
    void shouldNotAnswerToForeignNames_onTheManagementInterface() {
        given().header("Host", "rebound.example")
                .get(Management.at("/q/health/live"))
                .then()
                .statusCode(403)
                .body("code", equalTo("host_not_allowed"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: a:b:c\r\n",
                "Host: localhost@evil\r\n",
                "Host: [::1\r\n",
                "Host: localhost:99999\r\n",
                "Host: localhost\r\nHost: localhost\r\n",
                ""
            })
    void shouldRefuseAName_thatCanNotBeRead(String host) throws IOException {
        for (URI door : List.of(root, URI.create(Management.at("/")))) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.getPort())) {
                socket.setSoTimeout(60_000);
                String request = "GET /v1/models HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n";
                socket.getOutputStream().write(request.getBytes(ISO_8859_1));

                String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);

                assertThat(answer)
                        .startsWith("HTTP/1.1 403")
                        .contains("host_not_allowed", "X-Content-Type-Options: nosniff");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Origin, https://evil.example",
        "Origin, http://localhost:1",
        "Origin, null",
        "Sec-Fetch-Site, cross-site",
        "Sec-Fetch-Site, same-site"
    })
    void shouldTakeNoOrdersFromForeignPages(String header, String value) {
        refused(given().header(header, value).multiPart("prompt", "a red ball").post("/v1/videos"));
        refused(given().header(header, value)
                .contentType(ContentType.JSON)
                .body("{\"prompt\": \"a red ball\"}")
                .post("/v1/videos"));
        refused(given().header(header, value).delete("/v1/videos/0198c0de-0000-7000-8000-000000000000"));
    }

    @ParameterizedTest
    @CsvSource({"Sec-Fetch-Site, same-origin", "Sec-Fetch-Site, none", "X-Other, x"})
    void shouldTakeOrdersFromOthers(String header, String value) {
        own().header(header, value).post("/v1/videos").then().body("code", not(equalTo("cross_site_request")));
    }

    @Test
    void shouldTakeOrdersFromItsOwnPage() {
        own().header("Origin", "http://" + root.getAuthority())
                .header("Sec-Fetch-Site", "same-origin")
                .post("/v1/videos")
                .then()
                .body("error.param", equalTo("prompt"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/ui/app.js", "/v1/models", "/v1/videos/none", "/q/openapi", "/nothing/here"})
    void shouldTellBrowsersWhatAnswersAreFor(String path) {
        given().get(path)
                .then()
                .header("X-Content-Type-Options", "nosniff")
                .header("X-Frame-Options", "DENY")
                .header("Content-Security-Policy", containsString("default-src 'none'"))
                .header("Content-Security-Policy", containsString("frame-ancestors 'none'"))
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("Cross-Origin-Resource-Policy", "same-origin")
                .header("Referrer-Policy", "no-referrer");
    }

    @Test
    void shouldAllowNoOtherOriginToRead_unlessConfigured() {
        given().header("Origin", "https://evil.example")
                .get("/v1/models")
                .then()
                .header("Access-Control-Allow-Origin", nullValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/q/health", "/q/health/live", "/q/metrics", "/v1/dead-letters", "/v1/models", "/nothing"})
    void shouldAllowNoOtherOriginToRead_onTheManagementInterface(String path) {
        given().header("Origin", "https://evil.example")
                .get(Management.at(path))
                .then()
                .header("Access-Control-Allow-Origin", nullValue())
                .header("Access-Control-Expose-Headers", nullValue())
                .header("Cross-Origin-Resource-Policy", "same-origin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/q/health", "/q/health/ready", "/q/metrics"})
    void shouldSayWhereHealthIs(String path) {
        given().get(path)
                .then()
                .statusCode(404)
                .body("code", equalTo("on_management_interface"))
                .body("detail", containsString("port"));
    }

    @Test
    void shouldServeNoVideosOnTheManagementInterface() {
        given().get(Management.at("/v1/videos")).then().statusCode(404);
        given().get(Management.at("/")).then().statusCode(404);
    }

    private RequestSpecification own() {
        return given().contentType(ContentType.JSON).body("{}");
    }

    private static void refused(Response answer) {
        answer.then().statusCode(403).body("code", equalTo("cross_site_request"));
        assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
    }
}
