package dev.galatea.gateway;

import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

import dev.galatea.testsupport.SharedSystemResource;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

/** What the page shows of others' doings: a long queue, remarks of the server, and texts that would like to be more. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class QueuePageTest extends BrowserTest {

    private static final String HOSTILE = "<img src=x onerror=\"document.title='taken over'\"><b>bold</b>";

    @Test
    void shouldKeepAQueueOfFiftyCompact() {
        change("/v1/pipeline", pipeline -> {
            pipeline.put("open", 62);
            ArrayNode videos = pipeline.putArray("videos");
            videos.add(video("0198c0de-0000-7000-8000-000000000000", "in_progress", "a ball in hand"));
            for (int place = 1; place < 50; place++) {
                ObjectNode waiting = video("0198c0de-0000-7000-8000-0000000000%02d".formatted(place), "queued", "ball");
                ((ObjectNode) waiting.get("job")).put("queue_position", place).put("eta_seconds", 60.0 * place);
                videos.add(waiting);
            }
        });
        page.navigate(root.toString());

        assertThat(page.locator(".piece")).hasCount(1);
        assertThat(heading("61 waiting, the first 49 shown")).isVisible();
        Locator rows = page.locator(".queue li");
        assertThat(rows).hasCount(49);
        assertThat(rows.nth(11).locator(".n")).hasText("12");
        assertThat(rows.nth(11).locator(".eta")).hasText("12 min");
        BoundingBox workshop = page.locator(".studio > section").boundingBox();
        Assertions.assertThat(workshop.height).isLessThan(900);
        hasNoViolations("queue");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        page.setViewportSize(390, 844);
        hasNoViolations("queue-dark-phone");
    }

    @Test
    void shouldTellPlaceAndTime_andWhatTheServerWarnsOf() {
        String id = "0198c0de-0000-7000-8000-0000000000aa";
        ObjectNode waiting = video(id, "queued", "a long, long sentence");
        ObjectNode job = (ObjectNode) waiting.get("job");
        job.put("queue_position", 3).put("eta_seconds", 125.0);
        job.putArray("warnings")
                .addObject()
                .put("code", "prompt_truncated")
                .put("param", "prompt")
                .put("message", "prompt: has 41 tokens, of which model 'pebble' reads the first 32")
                .put("kept", "a long");
        page.route(
                "**/v1/videos/" + id,
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody(waiting.toString())));
        page.navigate(root + "#/video/" + id);

        assertThat(page.locator("article .where")).hasText("Number 3 in the queue – about 2 min left");
        assertThat(page.locator(".remarks .notice"))
                .hasText("The sentence has 41 tokens, of which model 'pebble' reads the first 32. It read: “a long”");
        hasNoViolations("job-waiting");
    }

    /** A browser does not connect anew by itself after an answer that is no stream of events. */
    @Test
    void shouldComeBack_whenTheServerDoes() {
        AtomicInteger asked = new AtomicInteger();
        page.route("**/v1/events", route -> {
            if (asked.getAndIncrement() < 2) {
                route.fulfill(new Route.FulfillOptions().setStatus(503));
            } else {
                route.resume();
            }
        });
        page.route("**/v1/capabilities", route -> {
            if (asked.get() < 3) {
                route.abort();
            } else {
                route.resume();
            }
        });
        page.navigate(root.toString());

        assertThat(page.locator("#main [role=alert]")).containsText("The server can't be reached");
        assertThat(page.locator("#link-state")).hasText("live");
        assertThat(page.locator("#prompt")).isVisible();
        Assertions.assertThat(asked.get()).isEqualTo(3);
    }

    @Test
    void shouldTakeAnAddressThatIsCutAsNobodys() {
        page.navigate(root + "#/video/%E0%A4%A");

        assertThat(page.locator("#main [role=alert]")).containsText("There is no such video");
    }

    @Test
    void shouldShowTextsAsTexts_whateverTheySay() {
        String prompt = "make: " + HOSTILE;
        String id = order(JSON.createObjectNode().put("prompt", prompt).toString());
        change("/v1/capabilities", can -> {
            ObjectNode model = (ObjectNode) can.at("/models/0");
            model.put("version", HOSTILE);
            model.putArray("schedulers").add(HOSTILE).add("javascript:alert(1)");
        });
        change("/v1/pipeline", pipeline -> pipeline.withArray("videos")
                .add(video("0198c0de-0000-7000-8000-0000000000bb", "in_progress", HOSTILE)));

        for (String view : new String[] {"", "gallery", "compare", "video/" + id}) {
            page.navigate(root + "#/" + view);
            assertThat(page.getByText(HOSTILE).first()).isAttached();
            Assertions.assertThat(page.locator("main b, main [onerror]").count())
                    .isZero();
        }
        assertThat(heading(prompt)).isVisible();
        assertThat(page.locator("main a[href*='/content']:not([download])")).hasCount(0);
        assertThat(page.locator("main a[href^='javascript:']")).hasCount(0);
        assertThat(page.locator("main iframe, main object, main embed")).hasCount(0);
        Assertions.assertThat(page.title()).startsWith("make: <img");
    }

    private static ObjectNode video(String id, String status, String prompt) {
        ObjectNode video = JSON.createObjectNode()
                .put("id", id)
                .put("object", "video")
                .put("model", "pebble")
                .put("status", status)
                .put("progress", 3)
                .put("created_at", 1_790_000_000L)
                .put("prompt", prompt)
                .put("seconds", "4")
                .put("size", "128x128");
        ObjectNode job = video.putObject("job").put("status", status.equals("queued") ? "queued" : "running");
        ArrayNode stages = job.putArray("stages");
        if (!status.equals("queued")) {
            stages.addObject()
                    .put("stage", "denoising")
                    .put("attempts", 1)
                    .put("step", 3)
                    .put("steps", 20)
                    .put("started_at", "2026-01-01T12:00:00Z");
        }
        return video;
    }
}
