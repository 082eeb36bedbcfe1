package dev.galatea.jobtracking.topology;

import java.nio.file.Path;

import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.events.Tracing;
import dev.galatea.jobtracking.Fixtures;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.Stage;

import static dev.galatea.jobtracking.Fixtures.Prompts.prompt;
import static dev.galatea.jobtracking.Fixtures.progress;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class TraceTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String REQUEST = "b7ad6b7169203331";

    @RegisterExtension
    final OpenTelemetryExtension telemetry = OpenTelemetryExtension.create();

    @TempDir
    Path stateDir;

    private Harness harness;

    @BeforeEach
    void start() {
        harness = new Harness(stateDir, Harness.layout(1, 2_000_000), new Tracing(telemetry.getOpenTelemetry()));
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    @Test
    void shouldHandTheTraceOn_butNotTraceProgress() {
        PromptSubmitted prompt = prompt().build();
        CloudEvent event = new CloudEvent(EventIds.random(), "/test", Fixtures.NOON, prompt);
        RecordHeaders headers = new RecordHeaders();
        event.headers().forEach(headers::add);
        headers.add("traceparent", ("00-" + TRACE + "-" + REQUEST + "-01").getBytes(UTF_8));

        harness.send(event.type(), event.key(), event.payload(), headers, Fixtures.NOON);
        harness.send(progress(prompt.jobId(), Stage.DENOISING, 1, new ProgressDetail.Started(1)));

        assertThat(telemetry.getSpans()).hasSize(1);
        SpanData span = telemetry.getSpans().get(0);
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getParentSpanId()).isEqualTo(REQUEST);
        assertThat(span.getName()).isEqualTo("process " + EventType.PROMPT_SUBMITTED.topic());
        assertThat(span.toString()).doesNotContain(prompt.prompt());
        TestRecord<byte[], byte[]> accepted =
                harness.drain(EventType.JOB_ACCEPTED.topic()).get(0);
        assertThat(new String(accepted.headers().lastHeader("traceparent").value(), UTF_8))
                .isEqualTo("00-" + TRACE + "-" + span.getSpanId() + "-01");
    }
}
