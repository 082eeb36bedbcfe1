package dev.galatea.gateway;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.FilePayload;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.id.JobId;
import dev.galatea.testsupport.SharedSystemResource;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

/** The order form: what it sends, what it doesn't, and what it says if that is wrong. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class OrderPageTest extends BrowserTest {

    /** More than a double can hold: the nearest double is …992. */
    private static final long SEED = 9007199254740993L;

    private static final FilePayload MOVIE = new FilePayload("a.mp4", "video/mp4", new byte[1000]);

    @ParameterizedTest
    @CsvSource({"1440, 900", "1280, 720", "390, 844"})
    void shouldShowTheButtonThatBegins_withoutScrolling(int width, int height) {
        page.setViewportSize(width, height);
        page.navigate(root.toString());
        page.getByText("Steps, guidance and noise").click();
        page.evaluate("scrollTo(0, 0)");

        BoundingBox place = button("Begin").boundingBox();
        Assertions.assertThat(place.y).isPositive();
        Assertions.assertThat(place.y + place.height).isLessThanOrEqualTo(height);
        Assertions.assertThat(page.evaluate("document.documentElement.scrollWidth"))
                .isEqualTo(width);
        hasNoViolations("order-" + width);
    }

    @Test
    void shouldSendOnlyWhatWasChosen_byKeyboard() {
        page.navigate(root.toString());
        sentence().fill("make: a red ball");
        sentence().press("Control+Enter");
        PromptSubmitted plain = ordered(shown());
        Assertions.assertThat(plain.prompt()).isEqualTo("make: a red ball");
        Assertions.assertThat(plain.settings()).isEqualTo(GenerationSettings.DEFAULTS);

        page.navigate(root + "#/");
        page.getByText("Steps, guidance and noise").click();
        page.getByLabel(Pattern.compile("^Steps")).fill("30");
        page.getByLabel(Pattern.compile("^Steps")).press("Control+Enter");
        Assertions.assertThat(ordered(shown()).settings())
                .isEqualTo(GenerationSettings.builder().steps(30).build());
    }

    @Test
    void shouldAskForTheStepsOfTheScheduler_whenItListsThem() {
        change("/v1/capabilities", can -> {
            ObjectNode model = (ObjectNode) can.at("/models/0");
            model.putArray("schedulers").add("flow-match-euler").add("dpm-solver++-2m-flow");
            model.putObject("scheduler_steps").put("dpm-solver++-2m-flow", 4);
        });
        page.navigate(root.toString());
        sentence().fill("make: a fast ball");
        page.getByText("Steps, guidance and noise").click();
        page.getByLabel(Pattern.compile("^Steps")).fill("30");
        page.getByLabel("Scheduler").selectOption("dpm-solver++-2m-flow");

        assertThat(page.getByText("4, as this scheduler goes")).isVisible();
        assertThat(page.getByText(Pattern.compile("can't do what was chosen.*: steps")))
                .isVisible();
        Assertions.assertThat(ordered(begin()).settings())
                .isEqualTo(GenerationSettings.builder()
                        .scheduler("dpm-solver++-2m-flow")
                        .build());
    }

    @Test
    void shouldOfferSizesAndLengths_ofTheChosenModel() {
        change("/v1/capabilities", OrderPageTest::addVersatileModel);
        page.navigate(root.toString());
        sentence().fill("make: a red ball");
        page.getByLabel("Model").selectOption("versatile");
        Locator size = page.getByLabel("Size", new Page.GetByLabelOptions().setExact(true));
        assertThat(size).hasValue("128x128");
        assertThat(size.locator("option"))
                .hasText(new String[] {"128 × 128 px (1:1)", "256 × 144 px (16:9)", "another size"});
        assertThat(page.getByLabel("Length")).hasValue("96");
        assertThat(page.getByLabel("Width")).isHidden();
        size.selectOption("another size");
        page.getByLabel("Width").selectOption("160");
        hasNoViolations("studio-sizes");
        size.selectOption("256x144");
        page.getByLabel("Length").selectOption("192");

        Assertions.assertThat(ordered(begin()).settings())
                .isEqualTo(GenerationSettings.builder()
                        .model("versatile")
                        .width(256)
                        .height(144)
                        .frames(192)
                        .build());
    }

    @Test
    void shouldOfferLargerSizes_ofAModelThatDrawsThem() {
        change("/v1/capabilities", can -> {
            ObjectNode model = addVersatileModel(can);
            ((ArrayNode) model.at("/limits").withArray("scales")).add(5);
            ((ObjectNode) model.get("defaults")).put("width", 640).put("height", 640);
        });
        page.navigate(root.toString());
        sentence().fill("make: a red ball");
        page.getByLabel("Model").selectOption("versatile");
        Locator size = page.getByLabel("Size", new Page.GetByLabelOptions().setExact(true));
        assertThat(size).hasValue("640x640");
        assertThat(size.locator("option")).hasText(new String[] {
            "640 × 640 px (1:1)", "256 × 144 px (16:9)", "1280 × 720 px (16:9)", "another size"
        });
        size.selectOption("another size");
        page.getByLabel("Width").selectOption("800");
        size.selectOption("1280x720");

        Assertions.assertThat(ordered(begin()).settings())
                .isEqualTo(GenerationSettings.builder()
                        .model("versatile")
                        .width(1280)
                        .height(720)
                        .build());
    }

    private static ObjectNode addVersatileModel(ObjectNode can) {
        ObjectNode model = can.at("/models/0").deepCopy();
        model.put("id", "versatile");
        ((ObjectNode) model.get("defaults"))
                .put("width", 128)
                .put("height", 128)
                .put("num_frames", 96);
        ObjectNode limits = (ObjectNode) model.get("limits");
        limits.putArray("scales").add(1);
        range(limits, "width", 128, 256, 16);
        range(limits, "height", 128, 144, 16);
        range(limits, "num_frames", 48, 192, 8);
        can.withArray("models").add(model);
        return model;
    }

    private static void range(ObjectNode limits, String name, int min, int max, int step) {
        limits.putObject(name).put("min", min).put("max", max).put("step", step);
    }

    @Test
    void shouldOrderSeveralClips_andPlayThemWhenTheyAreThere() {
        page.route(
                "**/content",
                route -> route.fulfill(
                        new Route.FulfillOptions().setContentType("video/mp4").setPath(SHORT_CLIP)));
        page.navigate(root.toString());
        assertThat(page.locator("#link-state")).hasText("live");
        sentence().fill("make: three balls");
        page.getByLabel("Clips").selectOption("3");
        button("Begin").click();

        assertThat(page.getByText("3 clips are ordered")).isVisible();
        assertThat(page.locator(".latest video")).hasCount(3);
        assertThat(page.locator(".latest a[aria-label='make: three balls']")).hasCount(3);
        hasNoViolations("studio-finished");
        page.navigate(root + "#/gallery?q=three+balls");
        assertThat(page.locator(".card")).hasCount(3);
    }

    @Test
    void shouldKeepEveryDigitOfASeed() {
        page.navigate(root.toString());
        sentence().fill("make: a numbered ball");
        page.getByText("Steps, guidance and noise").click();
        page.getByLabel("Seed").fill(Long.toString(SEED));
        JobId first = begin();
        Assertions.assertThat(ordered(first).settings().seed()).isEqualTo(SEED);
        assertThat(page.locator(".facts")).containsText(Long.toString(SEED));

        button("More").click();
        link("Same seed").click();
        assertThat(page.getByLabel("Seed")).hasValue(Long.toString(SEED));
        button("Begin").click();
        page.waitForURL(url -> url.contains("#/video/") && !url.endsWith(first.toString()));
        Assertions.assertThat(ordered(shown()).settings().seed()).isEqualTo(SEED);
    }

    @Test
    void shouldReadNumbersAsTheyAreWritten() {
        page.navigate(root.toString());
        Object read = page.evaluate("async text => JSON.stringify((await import('/ui/json.js')).parse(text))", """
                {"seed": -9223372036854775808, "small": 12, "real": 0.12345678901234567890, "exponent": 1e400,
                 "text": "a \\"9007199254740993\\" \\\\", "list": [9007199254740993, 9007199254740991]}""");
        Assertions.assertThat(read)
                .isEqualTo("{\"seed\":\"-9223372036854775808\",\"small\":12,\"real\":0.12345678901234568,"
                        + "\"exponent\":null,\"text\":\"a \\\"9007199254740993\\\" \\\\\","
                        + "\"list\":[\"9007199254740993\",9007199254740991]}");
    }

    @Test
    void shouldUploadAVideo_toVaryOrToContinue() {
        page.navigate(root.toString());
        sentence().fill("make: a varied movie");
        page.getByText("A video", new Page.GetByTextOptions().setExact(true)).click();
        page.getByLabel("Video", new Page.GetByLabelOptions().setExact(true)).setInputFiles(MOVIE);
        page.getByLabel(Pattern.compile("^Strength")).fill("0.3");
        hasNoViolations("studio-video");
        ReferenceMedia varied = ordered(begin()).settings().reference();
        Assertions.assertThat(varied.role()).isEqualTo(ReferenceMedia.Role.VIDEO);
        Assertions.assertThat(varied.strength()).isEqualTo(0.3);

        page.navigate(root + "#/");
        page.getByText("A video", new Page.GetByTextOptions().setExact(true)).click();
        page.getByLabel("Video", new Page.GetByLabelOptions().setExact(true)).setInputFiles(MOVIE);
        page.getByText("Continue it").click();
        ReferenceMedia continued = ordered(begin()).settings().reference();
        Assertions.assertThat(continued.role()).isEqualTo(ReferenceMedia.Role.EXTENSION);
        Assertions.assertThat(continued.strength()).isNull();
    }

    @Test
    void shouldSayWhatIsWrong_atTheFieldThatIsWrong() {
        page.navigate(root.toString());
        button("Begin").click();
        complains("The sentence is empty; say what to show.", "prompt");

        sentence().fill("a ball and ".repeat(10));
        assertThat(page.getByText("pebble reads the first 32 tokens, some 20 words."))
                .isVisible();
        sentence().fill("refuse: it");
        page.getByText("Steps, guidance and noise").click();
        page.getByLabel("Seed").fill("9223372036854775808");
        button("Begin").click();
        complains("Seed is too large; valid are -9223372036854775808 to 9223372036854775807.", "seed");
        page.getByLabel("Seed").fill("");
        hasNoViolations("order-complaint");

        button("Begin").click();
        complains("Width: 1 is not valid.", "size");
        page.getByText("A video", new Page.GetByTextOptions().setExact(true)).click();
        button("Begin").click();
        complains("Video: none is chosen.", "video");
        page.getByLabel("Video", new Page.GetByLabelOptions().setExact(true))
                .setInputFiles(new FilePayload("long.mp4", "video/mp4", new byte[9 << 20]));
        button("Begin").click();
        complains("Video: 9.0 MiB is too much to upload; at most 8.0 MiB are taken.", "video");
    }

    private void complains(String text, String field) {
        assertThat(page.locator("#complaint")).hasText(text);
        assertThat(page.locator("#" + field)).hasAttribute("aria-invalid", "true");
        assertThat(page.locator("#" + field)).isFocused();
    }

    @Test
    void shouldSayWhenToTryAgain_andAskForTheSameOrder() {
        List<String> keys = new CopyOnWriteArrayList<>();
        List<Route.FulfillOptions> answers = new ArrayList<>(List.of(
                answer(503, "broker_unavailable", "the broker doesn't answer", Map.of("Retry-After", "5")),
                answer(429, "queue_full", "1000 videos are queued", Map.of("Retry-After", "40")),
                answer(500, "internal_error", "an internal error occurred", Map.of())));
        page.route("**/v1/videos", route -> {
            keys.add(route.request().headerValue("idempotency-key"));
            route.fulfill(answers.remove(0));
        });
        page.navigate(root.toString());
        sentence().fill("make: a patient ball");
        button("Begin").click();
        assertThat(page.locator("#complaint"))
                .hasText("The broker doesn't answer. Try again in about 5.0 s: the same order is never made twice.");
        button("Begin").click();
        assertThat(page.locator("#complaint")).hasText("The queue is full. Try again in about 40 s.");
        button("Begin").click();
        assertThat(page.locator("#complaint")).containsText("Something went wrong on the server");

        // Without an answer the order may have been taken; a refusal ends it.
        Assertions.assertThat(keys).hasSize(3);
        Assertions.assertThat(keys.get(1)).isEqualTo(keys.get(0));
        Assertions.assertThat(keys.get(2)).isNotEqualTo(keys.get(1));
    }

    private static Route.FulfillOptions answer(int status, String code, String detail, Map<String, String> headers) {
        ObjectNode problem = JSON.createObjectNode().put("code", code).put("detail", detail);
        return new Route.FulfillOptions()
                .setStatus(status)
                .setContentType("application/problem+json")
                .setHeaders(headers)
                .setBody(problem.toString());
    }

    @Test
    void shouldShowAPictureThatWasChosen_withoutAnAddressForIt() throws Exception {
        page.navigate(root.toString());
        page.getByText("Pictures", new Page.GetByTextOptions().setExact(true)).click();
        page.getByLabel("Last picture", new Page.GetByLabelOptions().setExact(true))
                .setInputFiles(new FilePayload("last.jpg", "image/jpeg", picture(Color.RED)));

        Locator drawn = page.locator(".drop canvas").nth(1);
        assertThat(drawn).isVisible();
        assertThat(page.getByText(Pattern.compile("^last.jpg, "))).isVisible();
        Assertions.assertThat(drawn.evaluate("canvas => canvas.width / canvas.height"))
                .isEqualTo(1.5);
    }
}
