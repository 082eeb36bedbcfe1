package dev.galatea.gateway.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.Sha256;

/**
 * Lets browsers keep the page's files, and makes them ask at each visit whether they are still the same, so that an
 * upgrade is seen at once. A file's tag is the digest of its bytes: all replicas of one version agree on it, and those
 * of two versions never do, whenever they were started. Thread-safe.
 */
@ApplicationScoped
class PageRevalidation {

    /** The files are small, and the page is a whole only if they are of one version. */
    private static final String ASK_FIRST = "no-cache";

    private static final Pattern FILES = Pattern.compile("/(?:index\\.html|ui/[a-z-]+\\.[a-z]+)?");
    private static final int BEFORE_THE_FILES = 10;

    private final Map<String, String> tags = new ConcurrentHashMap<>();

    void register(@Observes Filters filters) {
        filters.register(this::handle, BEFORE_THE_FILES);
    }

    private void handle(RoutingContext context) {
        String tag = isRead(context.request()) ? tag(context.normalizedPath()) : null;
        if (tag == null) {
            context.next();
            return;
        }
        context.response().headers().set(HttpHeaders.CACHE_CONTROL, ASK_FIRST).set(HttpHeaders.ETAG, tag);
        if (isKnown(context.request(), tag)) {
            context.response().setStatusCode(304).end();
            return;
        }
        // The time of a file is that of the replica's start, which says nothing about its version.
        context.request().headers().remove(HttpHeaders.IF_MODIFIED_SINCE);
        context.next();
    }

    private static boolean isRead(HttpServerRequest request) {
        return request.method() == HttpMethod.GET || request.method() == HttpMethod.HEAD;
    }

    private static boolean isKnown(HttpServerRequest request, String tag) {
        String known = request.getHeader(HttpHeaders.IF_NONE_MATCH);
        return known != null
                && Arrays.stream(known.split(","))
                        .map(String::strip)
                        // A proxy that compresses makes a tag a weak one.
                        .anyMatch(one -> one.equals(tag) || one.equals("W/" + tag));
    }

    /** The tag of a file of the page; null if the path is no such file's. Only tags of files are kept. */
    private @Nullable String tag(String path) {
        String known = tags.get(path);
        if (known != null || !FILES.matcher(path).matches()) {
            return known;
        }
        String tag = digest("META-INF/resources" + (path.equals("/") ? "/index.html" : path));
        if (tag != null) {
            tags.put(path, tag);
        }
        return tag;
    }

    private static @Nullable String digest(String name) {
        try (InputStream file = Thread.currentThread().getContextClassLoader().getResourceAsStream(name)) {
            return file == null ? null : "\"" + Sha256.of(file.readAllBytes()).hex() + "\"";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
