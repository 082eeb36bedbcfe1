package dev.galatea.events;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.galatea.model.id.JobId;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TracingTest {

    private static final String SECRET = "a prompt that nobody else may read";

    @RegisterExtension
    final OpenTelemetryExtension telemetry = OpenTelemetryExtension.create();

    private final JobId jobId = JobId.random();

    @Test
    void shouldGoOnInOneTrace_whenARecordIsWorkedOn() {
        Tracing tracing = new Tracing(telemetry.getOpenTelemetry());
        RecordHeaders headers = new RecordHeaders();
        Span request = telemetry
                .getOpenTelemetry()
                .getTracer("test")
                .spanBuilder("POST")
                .startSpan();
        try (Scope scope = request.makeCurrent()) {
            tracing.inject(headers);
        } finally {
            request.end();
        }

        RecordHeaders next = new RecordHeaders();
        String answer = tracing.process(record(jobId.toString(), headers), "group", () -> {
            tracing.inject(next);
            return "done";
        });

        assertThat(answer).isEqualTo("done");
        SpanData process = spans().get(1);
        assertThat(process.getName()).isEqualTo("process topic");
        assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(process.getParentSpanId()).isEqualTo(request.getSpanContext().getSpanId());
        assertThat(process.getTraceId()).isEqualTo(request.getSpanContext().getTraceId());
        assertThat(new String(next.lastHeader("traceparent").value(), UTF_8))
                .contains(process.getTraceId(), process.getSpanId());
        assertThat(attributes(process))
                .contains("galatea.job.id=" + jobId, "messaging.kafka.offset=7", "messaging.consumer.group.name=group");
    }

    @Test
    void shouldTellThatWorkFailed_butNotWhatWasInIt() {
        Tracing tracing = new Tracing(telemetry.getOpenTelemetry());

        assertThatThrownBy(() -> tracing.process(record(SECRET, new RecordHeaders()), "group", () -> {
                    throw new IOException(SECRET);
                }))
                .hasMessage(SECRET);
        tracing.process(record(SECRET, new RecordHeaders()), "group", () -> {
            Tracing.failed("model_input");
            return null;
        });

        assertThat(spans()).hasSize(2).allSatisfy(span -> {
            assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(span.toString()).doesNotContain(SECRET);
            assertThat(attributes(span)).doesNotContain(SECRET, "galatea.job.id");
        });
        assertThat(spans().get(1).getStatus().getDescription()).isEqualTo("model_input");
    }

    @Test
    void shouldChangeNothing_whenNobodyTraces() {
        RecordHeaders headers = new RecordHeaders();

        String answer = Tracing.none().process(record("key", headers), "group", () -> {
            Tracing.none().inject(headers);
            return "done";
        });

        assertThat(answer).isEqualTo("done");
        assertThat(headers).isEmpty();
    }

    private List<SpanData> spans() {
        return telemetry.getSpans();
    }

    private static String attributes(SpanData span) {
        return span.getAttributes().asMap().entrySet().stream()
                .map(entry -> entry.getKey().getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
    }

    private static ReceivedRecord record(String key, RecordHeaders headers) {
        byte[] bytes = key.getBytes(UTF_8);
        return new ReceivedRecord(new ConsumerRecord<>(
                "topic",
                1,
                7,
                0,
                TimestampType.CREATE_TIME,
                bytes.length,
                0,
                bytes,
                SECRET.getBytes(UTF_8),
                headers,
                Optional.empty()));
    }
}
