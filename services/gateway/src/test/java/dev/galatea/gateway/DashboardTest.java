package dev.galatea.gateway;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

import jakarta.inject.Inject;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.galatea.events.EventPublisher;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.store.ObjectStore;
import dev.galatea.testsupport.SharedSystemResource;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.restassured.RestAssured.given;

/**
 * The page in a real Chromium: somebody orders a clip, watches it come out of the noise, cancels, and comes back. What
 * it looked like is kept under {@code target/screenshots}.
 */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class DashboardTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final double PATIENCE_MILLIS = PATIENCE.toMillis();
    private static final Path SCREENSHOTS = Path.of("target/screenshots");

    @Inject
    EventPublisher publisher;

    @Inject
    ObjectStore store;

    @TestHTTPResource("/")
    URI root;

    private Workshop workshop;
    private Playwright playwright;
    private Page page;

    @BeforeEach
    void open() {
        Path chromium = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        if (chromium == null) {
            System.out.println("skipped: the page was not driven, because there is no Chromium in /usr/bin");
        }
        Assumptions.assumeTrue(chromium != null, "no Chromium in /usr/bin");
        workshop = Workshop.ofReadyGateway(publisher, store);
        // The system's browser is driven: nothing is to be downloaded.
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(chromium)
                        .setChromiumSandbox(false)
                        .setTimeout(PATIENCE_MILLIS));
        page = browser.newPage();
        page.setDefaultTimeout(PATIENCE_MILLIS);
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    }

    @AfterEach
    void close() throws Exception {
        if (workshop != null) {
            workshop.close();
        }
        if (playwright != null) {
            playwright.close();
        }
    }

    @Test
    void shouldShowAClipComeOutOfTheNoise() throws Exception {
        page.navigate(root.toString());
        page.getByLabel("The sentence").fill("hold: a red ball");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Begin"))
                .click();
        page.waitForURL(Pattern.compile(".*#/video/.*"));
        assertThat(heading("hold: a red ball")).isVisible();
        JobId job = JobId.parse(page.url().substring(page.url().lastIndexOf('/') + 1));
        assertThat(page.locator("article .where")).containsText("Denoising");

        preview(job, 2, Color.ORANGE);
        assertThat(page.locator(".frame img").first()).hasAttribute("src", Pattern.compile(".*/previews/2$"));
        preview(job, 3, Color.RED);
        assertThat(page.locator(".frame img").first()).hasAttribute("src", Pattern.compile(".*/previews/3$"));
        hasNoViolations("job-running");

        page.navigate(root + "#/");
        assertThat(page.locator("[data-id='" + job + "']")).isVisible();
        preview(job, 4, Color.MAGENTA);
        assertThat(page.locator("[data-id='" + job + "'] img").first())
                .hasAttribute("src", Pattern.compile(".*/previews/4$"));
        hasNoViolations("studio");

        page.navigate(root + "#/video/" + job);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Cancel"))
                .click();
        assertThat(page.locator("article .pill")).hasText("Cancelled");
        page.reload();
        assertThat(page.locator("article .pill")).hasText("Cancelled");
        assertThat(heading("hold: a red ball")).isVisible();
    }

    @Test
    void shouldLeadFromTheGalleryToAClip_inEachGuise() {
        given().contentType("application/json")
                .body("{\"prompt\": \"make: a green leaf\"}")
                .post("/v1/videos");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        page.navigate(root + "#/gallery?status=completed");
        Locator card = page.getByRole(
                        AriaRole.LINK, new Page.GetByRoleOptions().setName(Pattern.compile("a green leaf")))
                .first();
        assertThat(card).isVisible();
        BoundingBox place = card.locator(".stone").boundingBox();
        page.mouse().move(place.x + 0.9 * place.width, place.y + 0.5 * place.height);
        // The seventh of seven pictures: third in the second of two rows.
        assertThat(card.locator(".scrub")).hasCSS("background-position", "66.6667% 100%");
        assertThat(card.locator(".scrub")).hasCSS("background-image", Pattern.compile(".*variant=spritesheet.*"));
        assertThat(card.locator("video")).hasCount(0);
        hasNoViolations("gallery-dark");
        page.mouse().move(0, 0);
        assertThat(card.locator(".scrub")).hasCount(0);
        card.focus();
        page.keyboard().press("Enter");
        assertThat(heading("make: a green leaf")).isVisible();
        assertThat(page.locator("video")).hasAttribute("src", Pattern.compile("/v1/videos/.*/content"));
        page.setViewportSize(390, 844);
        hasNoViolations("job-dark-phone");
        page.navigate(root + "#/compare");
        assertThat(heading("Side by side")).isVisible();
        hasNoViolations("compare-dark-phone");
    }

    @Test
    void shouldTellWhatTheModelsMakeAndNeed() {
        page.navigate(root.toString());
        page.getByRole(
                        AriaRole.LINK,
                        new Page.GetByRoleOptions().setName("Models").setExact(true))
                .click();
        assertThat(heading("Models")).isVisible();
        Locator pebble = page.locator(".model").filter(new Locator.FilterOptions().setHas(heading("pebble")));
        assertThat(pebble).containsText("Default");
        assertThat(pebble).containsText("Apache-2.0");
        assertThat(pebble).containsText("flow-match-euler");
        assertThat(pebble).containsText("128–256 × 128–144 px");
        assertThat(pebble).containsText("48–192 frames, up to 8.0 s");
        assertThat(pebble.getByRole(AriaRole.LISTITEM).filter(new Locator.FilterOptions().setHasText("Text encoder")))
                .containsText("86.8 MiB");
        hasNoViolations("models");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        page.setViewportSize(390, 844);
        hasNoViolations("models-dark-phone");
    }

    @Test
    void shouldBeginWithAPicture_varyTheClip_andContinueIt() throws Exception {
        byte[] picture = picture(Color.GREEN);
        page.navigate(root.toString());
        page.getByLabel("The sentence").fill("make: a green ball");
        page.getByLabel("First picture", new Page.GetByLabelOptions().setExact(true))
                .setInputFiles(new FilePayload("first.jpg", "image/jpeg", picture));
        assertThat(page.locator(".drop img").first()).hasAttribute("src", Pattern.compile("^data:image/jpeg.*"));
        hasNoViolations("studio-picture");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Begin"))
                .click();
        page.waitForURL(Pattern.compile(".*#/video/.*"));
        String made = page.url().substring(page.url().lastIndexOf('/') + 1);
        Assertions.assertThat(store.stat(ObjectKeys.upload(JobId.parse(made), Sha256.of(picture))))
                .isPresent();

        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Vary clip"))
                .click();
        page.getByLabel(Pattern.compile("^Strength")).fill("0.3");
        page.getByLabel("The sentence").fill("make: a blue ball");
        hasNoViolations("studio-vary");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Begin"))
                .click();
        assertThat(heading("make: a blue ball")).isVisible();
        assertThat(page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(made)))
                .isVisible();

        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Continue clip"))
                .click();
        assertThat(page.getByText("What comes after")).isVisible();
        page.getByLabel("The sentence").fill("make: it fly away");
        hasNoViolations("studio-continue");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Begin"))
                .click();
        assertThat(heading("make: it fly away")).isVisible();
        assertThat(page.getByText("The continuation of")).isVisible();
        page.waitForURL(Pattern.compile(".*#/video/.*"));
        JobId continued = JobId.parse(page.url().substring(page.url().lastIndexOf('/') + 1));
        Assertions.assertThat(workshop.prompt(continued).settings().reference().role())
                .isEqualTo(ReferenceMedia.Role.EXTENSION);
    }

    @Test
    void shouldOfferSizesAndLengths_whenTheModelHasMoreThanOne() throws Exception {
        page.route(
                "**/v1/capabilities",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody(versatile())));
        page.navigate(root.toString());
        page.getByLabel("The sentence").fill("make: a red ball");
        Locator size = page.getByLabel("Size", new Page.GetByLabelOptions().setExact(true));
        assertThat(size).hasValue("128x128");
        assertThat(size.locator("option"))
                .hasText(new String[] {"128 × 128 px (1:1)", "256 × 144 px (16:9)", "another size"});
        Locator length = page.getByLabel("Length");
        assertThat(length).hasValue("96");
        assertThat(page.getByLabel("Width")).isHidden();
        size.selectOption("another size");
        page.getByLabel("Width").selectOption("160");
        hasNoViolations("studio-sizes");
        size.selectOption("256x144");
        length.selectOption("192");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Begin"))
                .click();
        page.waitForURL(Pattern.compile(".*#/video/.*"));

        JobId job = JobId.parse(page.url().substring(page.url().lastIndexOf('/') + 1));
        assertThat(heading("make: a red ball")).isVisible();
        PromptSubmitted ordered = workshop.prompt(job);
        Assertions.assertThat(ordered.settings().width()).isEqualTo(256);
        Assertions.assertThat(ordered.settings().height()).isEqualTo(144);
        Assertions.assertThat(ordered.settings().frames()).isEqualTo(192);
    }

    /** What this server says that it can do, with a model of several sizes and lengths. */
    private static String versatile() {
        try {
            ObjectMapper json = new ObjectMapper();
            JsonNode capabilities =
                    json.readTree(given().get("/v1/capabilities").asString());
            ObjectNode model = (ObjectNode) capabilities.at("/models/0");
            ((ObjectNode) model.get("defaults"))
                    .put("width", 128)
                    .put("height", 128)
                    .put("num_frames", 96);
            ((ObjectNode) model.get("limits"))
                    .<ObjectNode>set("width", json.readTree("{\"min\": 128, \"max\": 256, \"step\": 16}"))
                    .<ObjectNode>set("height", json.readTree("{\"min\": 128, \"max\": 144, \"step\": 16}"))
                    .set("num_frames", json.readTree("{\"min\": 48, \"max\": 192, \"step\": 8}"));
            return capabilities.toString();
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Locator heading(String text) {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(text));
    }

    private void preview(JobId job, int step, Color color) throws Exception {
        ObjectRef picture = store.put(ObjectKeys.preview(job, step), "image/jpeg", picture(color));
        workshop.report(job, new ProgressDetail.PreviewAvailable(step, picture));
    }

    private static byte[] picture(Color color) throws IOException {
        BufferedImage image = new BufferedImage(96, 64, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(color);
        graphics.fillOval(24, 8, 48, 48);
        graphics.dispose();
        ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
        ImageIO.write(image, "jpeg", jpeg);
        return jpeg.toByteArray();
    }

    /** Checks what can be checked by a machine, and keeps a picture for people. */
    private void hasNoViolations(String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(SCREENSHOTS.resolve(name + ".png"))
                .setFullPage(true));
        Assertions.assertThat(new AxeBuilder(page)
                        .setLegacyMode(true).analyze().getViolations().stream().map(DashboardTest::text))
                .isEmpty();
    }

    private static String text(Rule rule) {
        return rule.getId() + ": "
                + rule.getNodes().stream().map(node -> node.getHtml()).toList();
    }
}
