package dev.galatea.gateway;

import java.awt.Color;
import java.util.regex.Pattern;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.testsupport.SharedSystemResource;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

/** Somebody orders a clip by the page, watches it come out of the noise, cancels, and comes back. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class DashboardTest extends BrowserTest {

    @Test
    void shouldShowAClipComeOutOfTheNoise() throws Exception {
        page.navigate(root.toString());
        sentence().fill("hold: a red ball");
        JobId job = begin();
        assertThat(heading("hold: a red ball")).isVisible();
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
        button("Cancel").click();
        assertThat(page.locator("article .pill")).hasText("Cancelled");
        page.reload();
        assertThat(page.locator("article .pill")).hasText("Cancelled");
        assertThat(heading("hold: a red ball")).isVisible();
    }

    @Test
    void shouldLeadFromTheGalleryToAClip_inEachGuise() {
        order("{\"prompt\": \"make: a green leaf\"}");
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
        link("Models").click();
        assertThat(heading("Models")).isVisible();
        Locator named =
                page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(Pattern.compile("^pebble \\d")));
        Locator pebble = page.locator(".model").filter(new Locator.FilterOptions().setHas(named));
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
        sentence().fill("make: a green ball");
        page.getByText("Pictures", new Page.GetByTextOptions().setExact(true)).click();
        page.getByLabel("First picture", new Page.GetByLabelOptions().setExact(true))
                .setInputFiles(new FilePayload("first.jpg", "image/jpeg", picture));
        assertThat(page.locator(".drop canvas").first()).isVisible();
        hasNoViolations("studio-picture");
        JobId made = begin();
        Assertions.assertThat(store.stat(ObjectKeys.upload(made, Sha256.of(picture))))
                .isPresent();

        link("Vary clip").click();
        page.getByLabel(Pattern.compile("^Strength")).fill("0.3");
        sentence().fill("make: a blue ball");
        hasNoViolations("studio-vary");
        button("Begin").click();
        assertThat(heading("make: a blue ball")).isVisible();
        assertThat(link(made.toString())).isVisible();

        link("Continue clip").click();
        assertThat(page.getByText("What comes after")).isVisible();
        sentence().fill("make: it fly away");
        hasNoViolations("studio-continue");
        button("Begin").click();
        assertThat(heading("make: it fly away")).isVisible();
        assertThat(page.getByText("The continuation of")).isVisible();
        Assertions.assertThat(ordered(shown()).settings().reference().role()).isEqualTo(ReferenceMedia.Role.EXTENSION);
    }

    private void preview(JobId job, int step, Color color) throws Exception {
        ObjectRef picture = store.put(ObjectKeys.preview(job, step), "image/jpeg", picture(color));
        workshop.report(job, new ProgressDetail.PreviewAvailable(step, picture));
    }
}
