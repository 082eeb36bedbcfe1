package dev.galatea.events;

import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.JobId;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Carries a job's trace from event to event, as W3C trace context in the headers of records. A span holds where a
 * record lies and which job it is of; never a key that is no job id, a prompt or any other content. Thread-safe.
 *
 * @see <a href="https://www.w3.org/TR/trace-context/">W3C Trace Context</a>
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/">Semantic conventions for
 *     messaging spans</a>
 */
@ApplicationScoped
public class Tracing {

    private static final String SCOPE = "dev.galatea";
    private static final TextMapGetter<Map<String, byte[]>> HEADERS = new HeaderGetter();

    private final Tracer tracer;
    private final TextMapPropagator propagator;

    @Inject
    public Tracing(OpenTelemetry telemetry) {
        tracer = telemetry.getTracer(SCOPE);
        propagator = telemetry.getPropagators().getTextMapPropagator();
    }

    /** Traces nothing. */
    public static Tracing none() {
        return new Tracing(OpenTelemetry.noop());
    }

    /** The work on a record. */
    @FunctionalInterface
    public interface Work<T, E extends Exception> {

        T run() throws E;
    }

    /** Does the work inside a span that is a child of the one that the record was published in. */
    public <T, E extends Exception> T process(RecordOrigin record, String group, Work<T, E> work) throws E {
        Span span = start(record, group);
        try (Scope scope = span.makeCurrent()) {
            return work.run();
        } catch (Throwable e) {
            // The class only: a message may repeat what somebody sent.
            span.setStatus(StatusCode.ERROR, e.getClass().getName());
            throw e;
        } finally {
            span.end();
        }
    }

    /**
     * Begins a span that is a child of the one that the record was published in, for work that goes from thread to
     * thread.
     *
     * @return the context that holds the span; whoever gets it ends the span
     */
    public Context begin(RecordOrigin record, String group) {
        return Context.root().with(start(record, group));
    }

    /** Marks the span of the work in progress as failed. */
    public static void failed(String code) {
        Span.current().setStatus(StatusCode.ERROR, code);
    }

    /** Adds the current span, if there is one, to the headers of a record that is about to be sent. */
    public void inject(Headers headers) {
        inject(headers, Context.current());
    }

    /** Adds the span of a context, if there is one, to the headers of a record that is about to be sent. */
    public void inject(Headers headers, Context context) {
        propagator.inject(context, headers, (carrier, name, value) -> {
            if (carrier != null) {
                carrier.remove(name).add(name, value.getBytes(UTF_8));
            }
        });
    }

    private Span start(RecordOrigin record, String group) {
        Context parent = propagator.extract(Context.root(), record.headers(), HEADERS);
        SpanBuilder builder = tracer.spanBuilder("process " + record.topic())
                .setParent(parent)
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.operation.name", "process")
                .setAttribute("messaging.operation.type", "process")
                .setAttribute("messaging.destination.name", record.topic())
                .setAttribute("messaging.destination.partition.id", Integer.toString(record.partition()))
                .setAttribute("messaging.kafka.offset", record.offset())
                .setAttribute("messaging.consumer.group.name", group);
        JobId.ofKey(record.key()).ifPresent(job -> builder.setAttribute("galatea.job.id", job.toString()));
        return builder.startSpan();
    }

    private static final class HeaderGetter implements TextMapGetter<Map<String, byte[]>> {

        @Override
        public Iterable<String> keys(Map<String, byte[]> headers) {
            return headers.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, byte[]> headers, String name) {
            byte[] value = headers == null ? null : headers.get(name);
            return value == null ? null : new String(value, UTF_8);
        }
    }
}
