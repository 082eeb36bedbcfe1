package dev.galatea.deploy;

import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Alert rules: each tested by promtool, each with a page that says what to do. */
class AlertsTest {

    private static final String RULES = "deploy/prometheus/alerts.yml";
    private static final String TESTS = "deploy/prometheus/alerts-test.yml";

    private final JsonNode rules = Repository.yaml(RULES).at("/groups/0/rules");

    @Test
    void shouldFireAndKeepSilent_asPromtoolTriesThem() throws InterruptedException {
        var out = Repository.run("promtool", "test", "rules", TESTS);
        assumeThat(out)
                .as("alert rules are not tried: promtool (Debian package prometheus) is not on the PATH")
                .isPresent();

        assertThat(out.get().exitCode()).as(out.get().text()).isZero();
    }

    @Test
    void shouldHaveATestInWhichItFires() {
        Set<String> fired = new TreeSet<>();
        for (JsonNode group : Repository.yaml(TESTS).get("tests")) {
            for (JsonNode test : group.get("alert_rule_test")) {
                if (test.path("exp_alerts").size() > 0) {
                    fired.add(test.get("alertname").asText());
                }
            }
        }
        Set<String> names = new TreeSet<>();
        rules.forEach(rule -> names.add(rule.get("alert").asText()));

        assertThat(fired).isEqualTo(names).isNotEmpty();
    }

    @Test
    void shouldHaveARunbook() {
        for (JsonNode rule : rules) {
            String alert = rule.get("alert").asText();
            String page = rule.at("/annotations/runbook").asText();
            assertThat(page).isEqualTo("docs/runbooks/" + alert + ".md");
            assertThat(Repository.read(page))
                    .startsWith("# " + alert + "\n")
                    .contains("## What it means", "## What to look at", "## What to do");
        }
        assertThat(Repository.files("docs/runbooks", ".md")).hasSize(rules.size());
    }
}
