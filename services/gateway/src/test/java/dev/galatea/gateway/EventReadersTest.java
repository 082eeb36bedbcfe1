package dev.galatea.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;

import jakarta.inject.Inject;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import dev.galatea.gateway.jobs.Jobs;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.id.JobId;
import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Readers of event streams over HTTP that read slowly, not at all, or leave. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class EventReadersTest extends WorkshopTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int REPORTS = 3000;

    @Inject
    Jobs jobs;

    @Test
    void shouldAnswerWithHeadersAlone_whenOnlyTheyAreAsked() throws Exception {
        int before = jobs.subscriptionCount();
        JobId job = running();
        for (String path : List.of("/v1/events", "/v1/videos/" + job + "/events")) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), root.getPort())) {
                socket.setSoTimeout((int) PATIENCE.toMillis());
                String next = "GET /v1/videos/none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
                socket.getOutputStream()
                        .write(("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n" + next).getBytes(US_ASCII));

                String answers = new String(socket.getInputStream().readAllBytes(), UTF_8);

                assertThat(answers)
                        .startsWith("HTTP/1.1 200")
                        .containsIgnoringCase("Content-Type: text/event-stream")
                        .containsIgnoringCase("Cache-Control: no-cache")
                        .contains("HTTP/1.1 404", "unknown_video");
            }
        }
        given().head("/v1/videos/" + JobId.random() + "/events").then().statusCode(404);
        assertThat(jobs.subscriptionCount()).isEqualTo(before);
    }

    @Test
    void shouldServeAFastReader_besideOneThatDoesNotRead() throws Exception {
        int before = jobs.subscriptionCount();
        JobId job = running();
        String path = "/v1/videos/" + job + "/events";
        try (Socket slow = connect(path);
                Socket fast = connect(path)) {
            BufferedReader slowLines = lines(slow);
            BufferedReader fastLines = lines(fast);
            readUntil(slowLines, "event:state");
            readUntil(fastLines, "event:state");

            for (int step = 1; step <= REPORTS; step++) {
                workshop.report(job, new ProgressDetail.Step(step, REPORTS));
                if (step % 100 == 0) {
                    readUntil(fastLines, "\"step\":" + step + ",");
                }
            }
            workshop.send(Fixtures.state(job, JobStatus.CANCELLED));

            readUntil(fastLines, "\"status\":\"cancelled\"");
            readUntil(slowLines, "\"status\":\"cancelled\"");
        }
        Awaitility.await().atMost(PATIENCE).until(() -> jobs.subscriptionCount() <= before);
    }

    @Test
    void shouldForgetReaders_thatLeaveWithoutAWord() throws Exception {
        int before = jobs.subscriptionCount();
        JobId job = running();
        Socket ofJob = connect("/v1/videos/" + job + "/events");
        Socket ofAll = connect("/v1/events");
        readUntil(lines(ofJob), "event:state");
        readUntil(lines(ofAll), "still here");
        assertThat(jobs.subscriptionCount()).isEqualTo(before + 2);

        ofJob.setSoLinger(true, 0);
        ofJob.close();
        ofAll.close();

        Awaitility.await().atMost(PATIENCE).until(() -> jobs.subscriptionCount() <= before);
        workshop.send(Fixtures.state(job, JobStatus.CANCELLED));
    }

    private JobId running() {
        JobId job = JobId.random();
        workshop.send(Fixtures.state(job, JobStatus.RUNNING));
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> given().get("/v1/videos/" + job).statusCode() == 200);
        return job;
    }

    private Socket connect(String path) throws IOException {
        Socket socket = new Socket();
        // What the network holds for a reader that does not read is not what is tested.
        socket.setReceiveBufferSize(4096);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(new InetSocketAddress(root.getHost(), root.getPort()));
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
                        .getBytes(US_ASCII));
        return socket;
    }

    private static BufferedReader lines(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8), 256);
    }

    private static void readUntil(BufferedReader lines, String text) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.contains(text)) {
                return;
            }
        }
        throw new AssertionError("the stream ended before " + text);
    }
}
