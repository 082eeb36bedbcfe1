package dev.galatea.deploy;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.galatea.images.BuildImages;
import dev.galatea.model.event.EventType;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every file outside of the code that lists stages lists those of the pipeline, with the events that they take and
 * give.
 */
class PipelineAgreementTest {

    private static final Pattern STAGE_LABEL = Pattern.compile("stage=~?\\\\?\"([a-z|-]+)\\\\?\"");

    private final Manifests base = Manifests.base();
    private final JsonNode compose = Repository.yaml("docker-compose.yml");
    private final JsonNode asyncApi = Repository.yaml("deploy/asyncapi.yaml");

    static Stream<StageDefinition> stages() {
        return Pipeline.VIDEO.stages().stream();
    }

    static Set<String> names() {
        return stages().map(definition -> definition.stage().wireName()).collect(Collectors.toCollection(TreeSet::new));
    }

    @ParameterizedTest
    @MethodSource("stages")
    void shouldBeAServiceEverywhere(StageDefinition definition) {
        String stage = definition.stage().wireName();

        assertThat(base.find("Deployment", stage)).isPresent();
        assertThat(base.find("ScaledObject", stage)).isPresent();
        assertThat(base.find("KafkaUser", "galatea-" + stage)).isPresent();
        assertThat(compose.get("services").has(stage)).as("docker-compose.yml").isTrue();
        assertThat(Repository.read("deploy/prometheus/prometheus.yml")).contains("- " + stage + ":");
        assertThat(words("deploy/separate-processes", "services=\\(([^)]+)\\)")).contains(stage);
        assertThat(BuildImages.SERVICES).contains(stage);
        assertThat(Repository.ROOT.resolve("services/" + stage + "/pom.xml")).isRegularFile();
    }

    @ParameterizedTest
    @MethodSource("stages")
    void shouldTakeAndGiveAsAsyncApiSays(StageDefinition definition) {
        Set<String> takes = new TreeSet<>(Set.of(definition.input().topic(), EventType.COMMAND.topic()));
        Set<String> gives = new TreeSet<>(Set.of(EventType.PROGRESS.topic(), EventType.DEAD_LETTER_TOPIC));
        Pipeline.VIDEO.publishedBy(definition.stage()).forEach(type -> gives.add(type.topic()));

        assertThat(operations(definition.stage().wireName(), "receive")).isEqualTo(takes);
        assertThat(operations(definition.stage().wireName(), "send")).isEqualTo(gives);
    }

    @Test
    void shouldTrackAllEventsBetweenStages_andPublishInputsAgain() {
        Set<String> between = new TreeSet<>();
        Pipeline.VIDEO.eventTypes().forEach(type -> between.add(type.topic()));
        Set<String> inputs = new TreeSet<>();
        stages().forEach(definition -> inputs.add(definition.input().topic()));

        assertThat(operations("job-tracking", "send")).containsAll(inputs);
        between.remove(EventType.JOB_ACCEPTED.topic());
        assertThat(operations("job-tracking", "receive")).containsAll(between);
    }

    @Test
    void shouldSayWhichTopicsPoolsHaveToo() {
        Set<String> pooled = new TreeSet<>();
        for (JsonNode channel : asyncApi.get("channels")) {
            if (channel.path("x-galatea-pools").asBoolean()) {
                pooled.add(channel.get("address").asText());
            }
        }

        assertThat(pooled)
                .isEqualTo(stages().filter(StageDefinition::isPooled)
                        .map(definition -> definition.input().topic())
                        .collect(Collectors.toSet()));
    }

    @Test
    void shouldAlertForAnyStage() {
        assertThat(STAGE_LABEL
                        .matcher(Repository.read("deploy/prometheus/alerts.yml"))
                        .find())
                .as("an alert is for some stages only")
                .isFalse();
    }

    @Test
    void shouldNameNoOtherStagesInDashboardsAndScaling() {
        Stream.concat(
                        Repository.files("deploy/grafana/dashboards", ".json").stream(),
                        Stream.of(Repository.ROOT.resolve("k8s/base/scaling.yaml")))
                .forEach(file -> {
                    Matcher listed = STAGE_LABEL.matcher(
                            Repository.read(Repository.ROOT.relativize(file).toString()));
                    while (listed.find()) {
                        assertThat(names())
                                .as(file.toString())
                                .contains(listed.group(1).split("\\|"));
                    }
                });
    }

    @Test
    void shouldScaleAndRunNothingElseAsAStage() {
        assertThat(base.of("ScaledObject").map(Manifests::nameOf)).containsExactlyInAnyOrderElementsOf(names());
        Set<String> services = new TreeSet<>(names());
        services.addAll(Set.of("gateway", "job-tracking", "webhooks"));
        assertThat(BuildImages.SERVICES).containsExactlyInAnyOrderElementsOf(services);
        assertThat(Repository.SERVICES).containsExactlyInAnyOrderElementsOf(services);
        assertThat(words("deploy/separate-processes", "services=\\(([^)]+)\\)"))
                .containsExactlyInAnyOrderElementsOf(services);
        assertThat(base.of("Deployment").map(Manifests::nameOf)).containsExactlyInAnyOrderElementsOf(services);
    }

    private Set<String> operations(String service, String action) {
        Set<String> topics = new TreeSet<>();
        for (JsonNode operation : asyncApi.get("operations")) {
            if (operation.get("x-galatea-service").asText().equals(service)
                    && operation.get("action").asText().equals(action)) {
                String channel = operation.at("/channel/$ref").asText().replace("#/channels/", "");
                topics.add(asyncApi.at("/channels/" + channel + "/address").asText());
            }
        }
        return topics;
    }

    private static Set<String> words(String file, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(Repository.read(file));
        assertThat(matcher.find()).as(file).isTrue();
        return Set.of(matcher.group(1).trim().split("\\s+"));
    }
}
