package dev.galatea.gateway.api;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;

import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.body.BodyReader;
import dev.galatea.gateway.body.RequestBodies;
import dev.galatea.gateway.body.Spool;
import dev.galatea.gateway.config.GatewayConfig;

/**
 * Receives the bodies of orders: JSON, or forms of either kind, all into the same fields. Thread-safe; nothing blocks
 * its caller.
 */
@ApplicationScoped
class VideoBodies {

    private final RequestBodies bodies;
    private final GatewayConfig config;

    @Inject
    VideoBodies(RequestBodies bodies, GatewayConfig config) {
        this.bodies = bodies;
        this.config = config;
    }

    /**
     * Receives a body of one of the types that the resources consume, and works with it.
     *
     * @param work begins on a thread that may decode media; the request's uploads are there until it is over
     */
    <R> Uni<R> with(HttpServerRequest http, Work<R> work) {
        String contentType = http.getHeader(HttpHeaders.CONTENT_TYPE);
        List<String> keys = http.headers().getAll(IdempotencyKey.HEADER);
        return bodies.with(
                http,
                spool -> reader(contentType, spool),
                form -> work.with(VideoRequest.of(form), IdempotencyKey.of(keys)));
    }

    /** What is done with a request. */
    interface Work<R> {

        /** @param key its {@code Idempotency-Key}, if it has one */
        Uni<R> with(VideoRequest request, @Nullable String key);
    }

    private BodyReader<MultipartBody.Form> reader(@Nullable String contentType, Spool spool) {
        String type = contentType == null ? "" : contentType.strip().toLowerCase(Locale.ROOT);
        if (type.startsWith(MediaType.MULTIPART_FORM_DATA)) {
            return new MultipartBody(contentType, spool, config.maxBodyBytes(), config.maxUploadBytes());
        }
        return new TextBody<>(spool, config.maxBodyBytes(), bytes -> text(type, bytes));
    }

    private static MultipartBody.Form text(String type, byte[] bytes) {
        return new MultipartBody.Form(
                type.startsWith(MediaType.APPLICATION_FORM_URLENCODED)
                        ? UrlEncodedBody.read(type, bytes)
                        : VideoRequest.json(bytes),
                Map.of());
    }
}
