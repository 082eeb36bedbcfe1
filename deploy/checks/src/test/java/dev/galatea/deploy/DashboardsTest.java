package dev.galatea.deploy;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that dashboards are readable and portable; {@link ObservationIT} tests that their panels show data. */
class DashboardsTest {

    private static final Pattern RATE = Pattern.compile("\\brate\\([^\\[]*\\[([^]]+)]");

    @Test
    void shouldSayOfEveryPanelWhatItShows_inWhichUnit() {
        for (JsonNode dashboard : Dashboards.all()) {
            Set<Integer> ids = new HashSet<>();
            for (JsonNode panel : dashboard.get("panels")) {
                assertThat(ids.add(panel.get("id").asInt())).isTrue();
            }
            for (JsonNode panel : Dashboards.panels(dashboard)) {
                String title = dashboard.get("title").asText() + " / "
                        + panel.get("title").asText();
                assertThat(panel.get("description").asText()).as(title).isNotBlank();
                assertThat(panel.at("/fieldConfig/defaults/unit").asText())
                        .as(title)
                        .isNotBlank();
                assertThat(panel.get("targets").size()).as(title).isPositive();
            }
        }
    }

    @Test
    void shouldLetTheReaderChooseTheDataSource() {
        Set<String> uids = new HashSet<>();
        for (JsonNode dashboard : Dashboards.all()) {
            assertThat(uids.add(dashboard.get("uid").asText())).isTrue();
            assertThat(dashboard.at("/templating/list/0/type").asText()).isEqualTo("datasource");
            for (JsonNode panel : Dashboards.panels(dashboard)) {
                for (JsonNode target : panel.get("targets")) {
                    assertThat(target.at("/datasource/uid").asText()).isEqualTo("${datasource}");
                }
            }
        }
        assertThat(uids).hasSize(4);
    }

    @Test
    void shouldLookAsFarBackAsGrafanaSays_inEveryRate() {
        for (Dashboards.Query query : Dashboards.queries()) {
            Matcher rate = RATE.matcher(query.expression());
            while (rate.find()) {
                assertThat(rate.group(1)).as(query.toString()).isEqualTo("$__rate_interval");
            }
        }
    }
}
