package dev.galatea.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.galatea.model.event.JobStatus;
import dev.galatea.model.id.JobId;
import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

/** Connections that take a place of few, and what is silent with a reason. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
@TestProfile(IdleConnectionsTest.Few.class)
class IdleConnectionsTest extends WorkshopTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PLACES = 20;
    private static final int WAITING = 4;
    private static final int IDLE_SECONDS = 2;
    private static final int SYNC_SECONDS = 7;
    private static final String GET = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private final List<Socket> crowd = new ArrayList<>();

    /** Few places, a short patience, and nothing that would break the silence of a stream. */
    public static final class Few implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarkus.http.limits.max-connections",
                    Integer.toString(PLACES),
                    "galatea.http.idle-timeout",
                    IDLE_SECONDS + "s",
                    "galatea.gateway.heartbeat",
                    "10m",
                    "galatea.gateway.stall-timeout",
                    "3s",
                    "galatea.gateway.max-waiting",
                    Integer.toString(WAITING),
                    "galatea.gateway.sync-timeout",
                    SYNC_SECONDS + "s");
        }
    }

    @AfterEach
    void sendThemHome() throws IOException {
        for (Socket socket : crowd) {
            socket.close();
        }
    }

    @Test
    void shouldServeOthers_whenAllPlacesAreTakenByIdleConnections() throws Exception {
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < PLACES / 4; i++) {
            say("");
            say("GET /v1/models HT");
            say(GET);
            slow.add(say("GET /v1/models HTTP/1.1\r\nX-Slow: "));
        }

        Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            for (Socket socket : slow) {
                trickle(socket);
            }
            return given().get("/v1/models").statusCode() == 200;
        });
    }

    @Test
    void shouldHangUpOnTheManagementInterface_whenABodyIsNotSent() throws Exception {
        URI management = URI.create(Management.at("/"));
        for (String path : List.of("/q/health", "/q/metrics", "/v1/dead-letters/0/0/replay")) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), management.getPort())) {
                socket.setSoTimeout((int) PATIENCE.toMillis());
                String half = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf";
                socket.getOutputStream().write(half.getBytes(UTF_8));

                assertThat(socket.getInputStream().readAllBytes()).as(path).isEmpty();
            }
        }
    }

    @Test
    void shouldLeaveOpen_whatIsSilentWithAReason() throws Exception {
        JobId job = JobId.random();
        workshop.send(Fixtures.state(job, JobStatus.RUNNING));
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> given().get("/v1/videos/" + job).statusCode() == 200);
        BufferedReader events = lines(say("GET /v1/videos/" + job + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        readUntil(events, "event:state");
        // Longer than several times what an idle connection has.
        given().formParam("prompt", "nobody answers this")
                .post("/v1/videos/sync")
                .then()
                .statusCode(504);
        String body = "prompt=a+red+ball";
        BufferedReader upload = lines(say("POST /v1/videos HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                + "application/x-www-form-urlencoded\r\nContent-Length: " + body.length() + "\r\n\r\n"));
        Socket sending = crowd.get(crowd.size() - 1);

        for (byte next : body.getBytes(UTF_8)) {
            sending.getOutputStream().write(next);
            Thread.sleep(4 * IDLE_SECONDS * 1000L / body.length());
        }
        workshop.send(Fixtures.state(job, JobStatus.CANCELLED));

        readUntil(events, "\"status\":\"cancelled\"");
        readUntil(upload, "HTTP/1.1 200");
    }

    @Test
    void shouldKeepPlacesForOthers_howeverManyFollowEvents() throws Exception {
        for (int i = 0; i < WAITING; i++) {
            readUntil(lines(say("GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")), "HTTP/1.1 200");
        }
        given().get("/v1/events")
                .then()
                .statusCode(503)
                .header("Retry-After", "5")
                .body("code", equalTo("waiting_full"));
        given().formParam("prompt", "nobody answers this")
                .post("/v1/videos/sync")
                .then()
                .statusCode(503)
                .body("code", equalTo("waiting_full"));
        given().get("/v1/models").then().statusCode(200);

        sendThemHome();

        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() ->
                        readUntil(lines(say("GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")), "HTTP/1.1 200"));
    }

    @Test
    void shouldLeaveARequestAlone_thatFollowsARefusedOne() throws Exception {
        Socket socket = say("POST /v1/videos HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 1\r\n\r\n{");
        BufferedReader answers = lines(socket);
        readUntil(answers, "HTTP/1.1 400");

        socket.getOutputStream()
                .write(("POST /v1/videos/sync HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                + "Content-Length: 23\r\n\r\n{\"prompt\": \"no answer\"}")
                        .getBytes(UTF_8));

        readUntil(answers, "HTTP/1.1 504");
    }

    @Test
    void shouldKeepConnectionsForTheNextRequest() throws Exception {
        Socket socket = say(GET);
        BufferedReader answers = lines(socket);
        for (int i = 0; i < 5; i++) {
            readUntil(answers, "HTTP/1.1 200");
            Thread.sleep(IDLE_SECONDS * 1000L / 4);
            socket.getOutputStream().write(GET.getBytes(UTF_8));
        }
        readUntil(answers, "HTTP/1.1 200");
    }

    private Socket say(String text) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), root.getPort());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        crowd.add(socket);
        socket.getOutputStream().write(text.getBytes(UTF_8));
        return socket;
    }

    private static void trickle(Socket socket) {
        try {
            socket.getOutputStream().write('x');
        } catch (IOException e) {
            assertThat(e).as("the connection was closed").isNotNull();
        }
    }

    private static BufferedReader lines(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    private static void readUntil(BufferedReader lines, String text) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.contains(text)) {
                return;
            }
        }
        throw new AssertionError("the connection ended before " + text);
    }
}
