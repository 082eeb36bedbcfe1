package dev.galatea.gateway.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.MediaType;

import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.problem.ProblemException;

/**
 * Reads the bodies of orders: JSON, or forms of either kind, all into the same fields. Thread-safe; blocks its caller
 * while the body comes.
 */
@ApplicationScoped
class BodyReader {

    private final GatewayConfig config;

    @Inject
    BodyReader(GatewayConfig config) {
        this.config = config;
    }

    /** Reads a body of one of the types that the resources consume. */
    VideoRequest read(@Nullable String contentType, InputStream body) {
        String type = contentType == null ? "" : contentType.strip().toLowerCase(Locale.ROOT);
        if (type.startsWith(MediaType.MULTIPART_FORM_DATA)) {
            return VideoRequest.of(
                    MultipartBody.read(contentType, body, config.maxBodyBytes(), config.maxUploadBytes()));
        }
        byte[] bytes = bytes(body);
        return type.startsWith(MediaType.APPLICATION_FORM_URLENCODED)
                ? VideoRequest.of(new MultipartBody.Form(UrlEncodedBody.read(type, bytes), Map.of()))
                : VideoRequest.of(VideoRequest.json(bytes));
    }

    private byte[] bytes(InputStream body) {
        try {
            byte[] bytes = body.readNBytes(config.maxBodyBytes() + 1);
            if (bytes.length > config.maxBodyBytes()) {
                throw ProblemException.tooLarge("the body is longer than " + config.maxBodyBytes()
                        + " bytes; larger media are taken as files in a form");
            }
            return bytes;
        } catch (IOException e) {
            throw ProblemException.badRequest("incomplete_body", "the body ended early");
        }
    }
}
