package dev.galatea.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** The Grafana dashboards, as they are provisioned. */
final class Dashboards {

    private Dashboards() {}

    /** One query of one panel. */
    record Query(String dashboard, String panel, String expression) {

        /** With variables as they are when nothing is chosen. */
        String evaluated(String rateInterval) {
            return expression
                    .replace("$__rate_interval", rateInterval)
                    .replaceAll("\\$(stage|model|instance)\\b", ".*");
        }
    }

    static List<JsonNode> all() {
        return Repository.files("deploy/grafana/dashboards", ".json").stream()
                .map(file -> {
                    try {
                        return new ObjectMapper().readTree(file.toFile());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .toList();
    }

    static List<JsonNode> panels(JsonNode dashboard) {
        List<JsonNode> panels = new ArrayList<>();
        dashboard.get("panels").forEach(panel -> {
            if (!panel.get("type").asText().equals("row")) {
                panels.add(panel);
            }
        });
        return panels;
    }

    static List<Query> queries() {
        List<Query> queries = new ArrayList<>();
        for (JsonNode dashboard : all()) {
            for (JsonNode panel : panels(dashboard)) {
                for (JsonNode target : panel.get("targets")) {
                    queries.add(new Query(
                            dashboard.get("title").asText(),
                            panel.get("title").asText(),
                            target.get("expr").asText()));
                }
            }
        }
        return queries;
    }
}
