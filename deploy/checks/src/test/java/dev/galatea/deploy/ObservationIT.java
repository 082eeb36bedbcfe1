package dev.galatea.deploy;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.proto.trace.v1.Span;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * The packaged system works, and is watched as it is in production: by a real Prometheus, and a collector of traces.
 */
class ObservationIT {

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String RATE_INTERVAL = "60s";
    private static final int JOBS = 4;

    /** Longer than from scrape to scrape. */
    private static final Duration SCRAPES = Duration.ofMillis(2500);

    private static final String PROMPT = "a red ball, number ";
    private static final String SHORT = "\"num_inference_steps\": 2, \"num_frames\": " + Repository.shortestClip();

    @TempDir
    static Path directory;

    private static RunningSystem system;
    private static Instant begin;
    private static String lastJob;
    private static String edit;

    @BeforeAll
    static void work() throws Exception {
        system = new RunningSystem(directory, PATIENCE);
        begin = Instant.now();
        // One job after the other, so that counters that begin with the first are seen to rise; one refused, one
        // hopeless.
        for (int i = 0; i < JOBS; i++) {
            lastJob = finished("/v1/videos", "{\"prompt\": \"" + PROMPT + i + "\", " + SHORT + "}");
        }
        edit = finished(
                "/v1/videos/edits", "{\"prompt\": \"" + PROMPT + "varied\", \"video\": {\"id\": \"" + lastJob + "\"}}");
        system.submit("/v1/videos", "{\"prompt\": \"" + PROMPT + "\", \"num_inference_steps\": 100000}");
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", system.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>("video.prompt.submitted.v1", "no job", "no event"))
                    .get(1, MINUTES);
        }
    }

    private static String finished(String path, String request) throws Exception {
        String id = system.submit(path, request).path("id").asText();
        Awaitility.await()
                .pollDelay(SCRAPES)
                .atMost(PATIENCE)
                .until(() -> system.video(id).path("status").asText().equals("completed"));
        return id;
    }

    @AfterAll
    static void stop() throws Exception {
        if (system != null) {
            system.close();
        }
    }

    @Test
    void shouldServeOperators_onTheManagementInterfaceAlone() throws Exception {
        assertThat(system.managementStatus("/v1/webhooks/deliveries")).isEqualTo(200);
        assertThat(system.managementStatus("/v1/dead-letters")).isEqualTo(200);
        assertThat(system.managementStatus("/v1/videos")).isEqualTo(404);
        for (String path : List.of(
                "/v1/webhooks/deliveries",
                "//v1/webhooks/deliveries",
                "/v1;a=b/webhooks/deliveries",
                "/v1/%77ebhooks/deliveries",
                "/v1/dead-letters",
                "/v1/dead-letters/0/0",
                "/q/health",
                "/q/metrics")) {
            assertThat(system.publicStatus(path)).as(path).isEqualTo(404);
        }
    }

    @Test
    void shouldShowSomethingInEveryPanel() throws Exception {
        assumeThat(system.hasPrometheus())
                .as("dashboards are not tried: prometheus (Debian package prometheus) is not on the PATH")
                .isTrue();

        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(emptyPanels()).isEmpty());

        assertThat(names()).containsAll(metricsOf("deploy/prometheus/alerts.yml"));
        assertThat(names()).containsAll(metricsOf("k8s/base/scaling.yaml"));
        assertThat(names()).containsAll(metricsOf("docs/operations.md"));
    }

    @Test
    void shouldSayWhatEveryMetricIs() throws Exception {
        assumeThat(system.hasPrometheus())
                .as("descriptions are not read: prometheus (Debian package prometheus) is not on the PATH")
                .isTrue();

        Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            Map<String, String> descriptions = new TreeMap<>();
            system.prometheus("metadata").get("data").fields().forEachRemaining(metric -> {
                if (metric.getKey().startsWith("galatea_")) {
                    descriptions.put(
                            metric.getKey(), metric.getValue().at("/0/help").asText());
                }
            });
            assertThat(descriptions).hasSizeGreaterThan(20);
            assertThat(descriptions.values()).as("%s", descriptions).noneMatch(String::isBlank);
        });
    }

    @Test
    void shouldLeadFromTheRequestToTheTerminalEvent_inOneTrace() {
        Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                        namesOfTraceOf(lastJob, "POST /v1/videos"))
                .contains(
                        "POST /v1/videos",
                        "process video.prompt.submitted.v1",
                        "process video.job.accepted.v1",
                        "process video.prompt.conditioned.v1",
                        "process video.latents.denoised.v1",
                        "process video.clip.decoded.v1"));
        assertThat(system.spans()).noneMatch(span -> span.toString().contains(PROMPT));
    }

    @Test
    void shouldLeadThroughEncoding_whenAVideoIsMadeFromAnotherOne() {
        Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                        namesOfTraceOf(edit, "POST /v1/videos/edits"))
                .contains(
                        "process video.encoding.requested.v1",
                        "process video.prompt.conditioned.v1",
                        "process video.clip.decoded.v1"));
    }

    /** The spans of the trace that knows the job; all of them hang together below the request. */
    private static Set<String> namesOfTraceOf(String job, String request) {
        Set<Span> all = system.spans();
        Set<?> traces = all.stream()
                .filter(span -> span.getAttributesList().stream()
                        .anyMatch(attribute -> attribute.getKey().equals("galatea.job.id")
                                && job.contains(attribute.getValue().getStringValue())))
                .map(Span::getTraceId)
                .collect(Collectors.toSet());
        assertThat(traces).hasSize(1);
        Set<Span> ours =
                all.stream().filter(span -> traces.contains(span.getTraceId())).collect(Collectors.toSet());
        Set<Object> ids = new HashSet<>(ours.stream().map(Span::getSpanId).toList());
        assertThat(ours)
                .filteredOn(span -> !ids.contains(span.getParentSpanId()))
                .extracting(Span::getName)
                .containsExactly(request);
        return ours.stream().map(Span::getName).collect(Collectors.toSet());
    }

    private static List<String> emptyPanels() throws Exception {
        List<String> empty = new ArrayList<>();
        for (Dashboards.Query query : Dashboards.queries()) {
            if (!showsSomething(query.evaluated(RATE_INTERVAL))) {
                empty.add(query.toString());
            }
        }
        return empty;
    }

    private static boolean showsSomething(String expression) throws Exception {
        JsonNode answer = system.prometheus("query_range?query=" + URLEncoder.encode(expression, UTF_8) + "&start="
                + begin.getEpochSecond() + "&end=" + Instant.now().getEpochSecond() + "&step=1");
        assertThat(answer.path("status").asText())
                .as(expression + ": " + answer)
                .isEqualTo("success");
        for (JsonNode series : answer.at("/data/result")) {
            for (JsonNode point : series.get("values")) {
                if (Double.isFinite(Double.parseDouble(
                        point.get(1).asText().replace("+Inf", "Infinity").replace("-Inf", "-Infinity")))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Set<String> names() throws IOException, InterruptedException {
        Set<String> names = new TreeSet<>();
        system.prometheus("label/__name__/values").get("data").forEach(name -> {
            names.add(name.asText());
            // A timer or histogram by the name that people call it.
            names.add(name.asText().replaceAll("_(bucket|count|sum|max)$", ""));
        });
        return names;
    }

    private static Set<String> metricsOf(String file) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = Pattern.compile("\\bgalatea_[a-z_]+[a-z]\\b").matcher(Repository.read(file));
        while (matcher.find()) {
            names.add(matcher.group());
        }
        assertThat(names).as(file).isNotEmpty();
        return names;
    }
}
