package dev.galatea.gateway;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import jakarta.inject.Inject;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.HttpResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.videos.Video;
import com.openai.models.videos.VideoCreateParams;
import com.openai.models.videos.VideoDeleteResponse;
import com.openai.models.videos.VideoDownloadContentParams;
import com.openai.models.videos.VideoListParams;
import com.openai.models.videos.VideoRemixParams;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.galatea.events.EventPublisher;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.store.ObjectStore;
import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The official Java client, as it comes, against this server: {@code openai-java} in a version that has the videos
 * methods, which its vendor has deprecated.
 */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class OfficialClientTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Inject
    EventPublisher publisher;

    @Inject
    ObjectStore store;

    @TestHTTPResource("/v1")
    URI base;

    private Workshop workshop;
    private OpenAIClient client;

    @BeforeEach
    void open() {
        workshop = Workshop.ofReadyGateway(publisher, store);
        client = OpenAIOkHttpClient.builder()
                .baseUrl(base.toString())
                .apiKey("any")
                .timeout(PATIENCE)
                .maxRetries(0)
                .build();
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        workshop.close();
    }

    @Test
    void shouldTakeAPictureToBeginWith() throws Exception {
        byte[] picture = {1, 2, 3, 4};
        // Without a file name, as the client sends bytes.
        Video video = client.videos()
                .create(VideoCreateParams.builder()
                        .prompt("make: it")
                        .inputReference(picture)
                        .build());

        assertThat(store.stat(ObjectKeys.upload(JobId.parse(video.id()), Sha256.of(picture))))
                .isPresent();
    }

    @Test
    void shouldCreatePollAndDownload() throws Exception {
        Video created = client.videos()
                .create(VideoCreateParams.builder()
                        .prompt("make: a clip for the official client")
                        .model("pebble")
                        .putAdditionalBodyProperty("seed", JsonValue.from(11))
                        .putAdditionalBodyProperty("num_inference_steps", JsonValue.from(6))
                        .build());
        assertThat(created.id()).isNotEmpty();

        Video done = Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> client.videos().retrieve(created.id()), video -> video.status()
                        .equals(Video.Status.COMPLETED));
        assertThat(done.progress()).isEqualTo(100);
        assertThat(done.prompt()).contains("make: a clip for the official client");
        assertThat(done.seconds().asString()).isEqualTo("4.125");
        assertThat(done.size().asString()).isEqualTo("96x64");
        assertThat(done.completedAt()).isPresent();
        assertThat(done.error()).isEmpty();
        assertThat(done._additionalProperties().get("seed")).isEqualTo(JsonValue.from(11));
        assertThat(done._additionalProperties().get("num_inference_steps")).isEqualTo(JsonValue.from(6));
        try (HttpResponse content = client.videos().downloadContent(done.id())) {
            assertThat(content.body().readAllBytes()).isEqualTo(Workshop.CLIP);
        }
        VideoDownloadContentParams still = VideoDownloadContentParams.builder()
                .videoId(done.id())
                .variant(VideoDownloadContentParams.Variant.THUMBNAIL)
                .build();
        try (HttpResponse thumbnail = client.videos().downloadContent(still)) {
            assertThat(thumbnail.headers().values("Content-Type")).containsExactly("image/jpeg");
        }
        VideoDownloadContentParams sheet = still.toBuilder()
                .variant(VideoDownloadContentParams.Variant.SPRITESHEET)
                .build();
        try (HttpResponse spritesheet = client.videos().downloadContent(sheet)) {
            assertThat(spritesheet.body().readAllBytes()).isEqualTo(Workshop.SHEET);
        }
        Video remix = client.videos()
                .remix(VideoRemixParams.builder()
                        .videoId(done.id())
                        .prompt("make: another")
                        .build());
        assertThat(remix.remixedFromVideoId()).contains(done.id());
    }

    @Test
    void shouldListToTheEnd() {
        List<String> created = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            String prompt = "make: listed " + i;
            created.add(client.videos()
                    .create(VideoCreateParams.builder().prompt(prompt).build())
                    .id());
        }

        List<String> listed = new ArrayList<>();
        client.videos()
                .list(VideoListParams.builder()
                        .limit(2)
                        .order(VideoListParams.Order.ASC)
                        .build())
                .autoPager()
                .forEach(video -> listed.add(video.id()));

        assertThat(listed).doesNotHaveDuplicates().containsSubsequence(created);
    }

    @Test
    void shouldDelete() {
        String id = client.videos()
                .create(VideoCreateParams.builder().prompt("make: to go").build())
                .id();
        VideoDeleteResponse deleted = client.videos().delete(id);

        assertThat(deleted.deleted()).isTrue();
        assertThat(deleted.id()).isEqualTo(id);
        assertThatThrownBy(() -> client.videos().retrieve(id)).isInstanceOf(NotFoundException.class);
    }

    @Test
    void shouldThrowWhatTheClientKnows_whenSomethingIsWrong() {
        assertThatThrownBy(() -> client.videos().retrieve(JobId.random().toString()))
                .isInstanceOfSatisfying(NotFoundException.class, e -> {
                    assertThat(e.code()).contains("unknown_video");
                    assertThat(e.type()).contains("invalid_request_error");
                    assertThat(e.param()).contains("id");
                });
        assertThatThrownBy(() -> client.videos()
                        .create(VideoCreateParams.builder()
                                .prompt("refuse: this")
                                .build()))
                .isInstanceOfSatisfying(
                        BadRequestException.class, e -> assertThat(e.code()).contains("invalid_size"));
        Video held = client.videos()
                .create(VideoCreateParams.builder().prompt("hold: it").build());
        given().post("/v1/videos/" + held.id() + "/cancel").then().statusCode(200);
        Video cancelled = client.videos().retrieve(held.id());
        assertThat(cancelled.status()).isEqualTo(Video.Status.FAILED);
        assertThat(cancelled.error().orElseThrow().code()).isEqualTo("cancelled");
    }
}
