package dev.galatea.gateway;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.id.JobId;

import static io.restassured.RestAssured.given;

/**
 * The page in a real Chromium, under a policy that allows nothing but this server. What it looked like is kept under
 * {@code target/screenshots}.
 */
abstract class BrowserTest extends WorkshopTest {

    static final Path SCREENSHOTS = Path.of("target/screenshots");
    /** FFmpeg's {@code testsrc}: two seconds of 64x48 pixels, by OpenH264. */
    static final Path SHORT_CLIP = Path.of("src/test/resources/short.mp4");

    static final ObjectMapper JSON = new ObjectMapper();

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final double PATIENCE_MILLIS = PATIENCE.toMillis();

    Page page;

    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private Playwright playwright;

    @Override
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
        super.open();
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
        page.onPageError(complaints::add);
        page.onConsoleMessage(message -> {
            if (message.text().contains("Content Security Policy")) {
                complaints.add(message.text());
            }
        });
        page.route(root.toString(), BrowserTest::withStrictPolicy);
    }

    private static void withStrictPolicy(Route route) {
        APIResponse answer = route.fetch();
        Map<String, String> headers = new HashMap<>(answer.headers());
        headers.put("Content-Security-Policy", "default-src 'self'");
        route.fulfill(new Route.FulfillOptions().setResponse(answer).setHeaders(headers));
    }

    @Override
    @AfterEach
    void close() throws Exception {
        if (workshop != null) {
            super.close();
        }
        if (playwright != null) {
            playwright.close();
        }
        Assertions.assertThat(complaints).isEmpty();
    }

    /** Answers a path of the API with what the server says, changed. */
    void change(String path, Consumer<ObjectNode> change) {
        page.route("**" + path, route -> {
            try {
                ObjectNode body = (ObjectNode) JSON.readTree(given().get(path).asByteArray());
                change.accept(body);
                route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody(body.toString()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    Locator heading(String text) {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(text));
    }

    Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    Locator link(String name) {
        return page.getByRole(
                AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    Locator sentence() {
        return page.getByLabel("The sentence");
    }

    /** Orders a clip by the page, and returns its id as soon as the page shows it. */
    JobId begin() {
        page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName("Begin").setExact(true))
                .click();
        return shown();
    }

    /** The video that the page shows. */
    JobId shown() {
        page.waitForURL(Pattern.compile(".*#/video/.*"));
        return JobId.parse(page.url().substring(page.url().lastIndexOf('/') + 1));
    }

    /** What was ordered. */
    PromptSubmitted ordered(JobId job) {
        return workshop.prompt(job);
    }

    /** Orders a video by the API. */
    static String order(String json) {
        return given().contentType("application/json")
                .body(json)
                .post("/v1/videos")
                .then()
                .statusCode(200)
                .extract()
                .path("id");
    }

    static byte[] picture(Color color) throws IOException {
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
    void hasNoViolations(String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(SCREENSHOTS.resolve(name + ".png"))
                .setFullPage(true));
        Assertions.assertThat(new AxeBuilder(page)
                        .setLegacyMode(true).analyze().getViolations().stream().map(BrowserTest::text))
                .isEmpty();
    }

    private static String text(Rule rule) {
        return rule.getId() + ": "
                + rule.getNodes().stream().map(node -> node.getHtml()).toList();
    }
}
