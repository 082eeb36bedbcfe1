package dev.galatea.gateway;

import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ReducedMotion;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import dev.galatea.testsupport.SharedSystemResource;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.restassured.RestAssured.given;

/** The gallery, what can be done with finished clips, and two of them side by side. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class GalleryPageTest extends BrowserTest {

    /** A word that no other test's prompts have. */
    private final String mark = "kiln" + UUID.randomUUID().toString().substring(0, 8);

    private String make(String what) {
        return order("{\"prompt\": \"make: " + what + " " + mark + "\"}");
    }

    private Locator cards() {
        return page.locator(".card .prompt");
    }

    @Test
    void shouldFindAndSort_andKeepThatInTheAddress() {
        make("one ball");
        make("two balls");
        make("a cube");
        page.navigate(root + "#/gallery");
        page.getByPlaceholder("Search the sentences").fill(mark.toUpperCase(Locale.ROOT) + " ball");
        assertThat(cards()).hasText(new String[] {"make: two balls " + mark, "make: one ball " + mark});
        assertThat(heading("Today")).hasCount(1);
        page.getByLabel("Order").selectOption("Oldest first");
        assertThat(cards()).hasText(new String[] {"make: one ball " + mark, "make: two balls " + mark});
        page.getByLabel("When").selectOption("Today");
        assertThat(cards()).hasCount(2);
        hasNoViolations("gallery-search");
        page.reload();
        assertThat(cards()).hasText(new String[] {"make: one ball " + mark, "make: two balls " + mark});
        button("Failed").click();
        assertThat(cards()).hasCount(0);
        assertThat(page.getByText("Nothing is like that.")).isVisible();
    }

    @Test
    void shouldDeleteWhatWasSelected_afterAsking() {
        String first = make("one to go");
        String second = make("another to go");
        make("one to stay");
        page.navigate(root + "#/gallery?q=" + mark);
        page.getByLabel("Select: make: one to go").check();
        page.getByLabel("Select: make: another to go").check();
        assertThat(page.getByText("2 selected")).isVisible();
        button("Delete").click();
        assertThat(heading("Delete 2 videos for good?")).isVisible();
        hasNoViolations("gallery-delete");
        button("Keep").click();
        assertThat(cards()).hasCount(3);
        button("Delete").click();
        button("Delete 2 videos").click();

        assertThat(cards()).hasText(new String[] {"make: one to stay " + mark});
        assertThat(page.locator(".selection")).isHidden();
        given().get("/v1/videos/" + first).then().statusCode(404);
        given().get("/v1/videos/" + second).then().statusCode(404);
    }

    @Test
    void shouldCompare_fromThumbnails() {
        String left = make("on the left");
        String right = make("on the right");
        page.navigate(root + "#/gallery?q=" + mark);
        page.getByLabel("Select: make: on the left").check();
        assertThat(page.locator(".selection a")).isHidden();
        page.getByLabel("Select: make: on the right").check();
        page.locator(".selection a").click();
        assertThat(page.locator(".pair video")).hasCount(2);

        page.navigate(root + "#/compare");
        page.getByLabel(Pattern.compile("^Left: make: on the right")).click();
        assertThat(page.getByText("Right: choose a clip below.")).isVisible();
        page.getByLabel(Pattern.compile("^Right: make: on the left")).click();
        assertThat(page.locator(".pair video").first()).hasAttribute("src", Pattern.compile(".*" + right + ".*"));
        assertThat(page.locator(".pair video").last()).hasAttribute("src", Pattern.compile(".*" + left + ".*"));
        hasNoViolations("compare");
    }

    @Test
    void shouldPlayAFinishedClip_withAtMostThreeActionsInSight() {
        String id = make("a film");
        page.route(
                "**/content",
                route -> route.fulfill(
                        new Route.FulfillOptions().setContentType("video/mp4").setPath(SHORT_CLIP)));
        page.navigate(root + "#/video/" + id);
        Locator clip = page.locator(".frame video");
        Awaitility.await()
                .pollInSameThread()
                .until(() -> ((Number) clip.evaluate("video => video.currentTime")).doubleValue() > 0);
        assertThat(page.locator(".actions > a")).hasText(new String[] {"Download", "Vary clip", "Continue clip"});
        assertThat(page.locator(".actions > .menu > button")).hasText("More");

        button("More").click();
        assertThat(page.locator(".menu-list > li:visible"))
                .hasText(new String[] {"Same settings", "Same seed", "Vary seed", "Compare", "JSON", "Delete"});
        hasNoViolations("job-menu");
        page.keyboard().press("ArrowDown");
        assertThat(link("Same settings")).isFocused();
        page.keyboard().press("Escape");
        assertThat(page.locator(".menu-list")).isHidden();
        assertThat(button("More")).isFocused();

        page.emulateMedia(new Page.EmulateMediaOptions().setReducedMotion(ReducedMotion.REDUCE));
        page.reload();
        assertThat(page.locator(".frame video")).isVisible();
        assertThat(page.locator(".frame video[autoplay]")).hasCount(0);
    }
}
