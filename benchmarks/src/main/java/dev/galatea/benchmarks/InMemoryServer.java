package dev.galatea.benchmarks;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * The limit: a server on Vert.x, which carries Quarkus, too, that keeps documents as text in a map, and loses them when
 * it ends. {@code InMemoryServer PORT JOBS DOCUMENT}.
 */
public final class InMemoryServer {

    private final Map<String, String> documents = new ConcurrentHashMap<>();
    private final String document;

    private InMemoryServer(int jobs, String document) {
        this.document = document;
        for (int i = 0; i < jobs; i++) {
            documents.put(id(i), document);
        }
    }

    /** The id of the job with a number. */
    static String id(int number) {
        return new UUID(number, 0).toString();
    }

    public static void main(String[] args) {
        InMemoryServer server = new InMemoryServer(Integer.parseInt(args[1]), args[2]);
        Vertx.vertx().createHttpServer().requestHandler(server::answer).listen(Integer.parseInt(args[0]), "127.0.0.1");
    }

    private void answer(HttpServerRequest request) {
        String id = request.path().substring(request.path().lastIndexOf('/') + 1);
        if (request.path().equals("/v1/events")) {
            HttpServerResponse stream = request.response().setChunked(true);
            stream.putHeader("Content-Type", "text/event-stream").write(": still here\n\n");
        } else if (request.method().name().equals("POST")) {
            request.body().onSuccess(body -> {
                documents.put(UUID.randomUUID().toString(), document);
                json(request.response(), document);
            });
        } else if (documents.containsKey(id)) {
            json(request.response(), documents.get(id));
        } else {
            request.response().setStatusCode(404).end();
        }
    }

    private static void json(HttpServerResponse response, String text) {
        response.putHeader("Content-Type", "application/json").end(text);
    }
}
