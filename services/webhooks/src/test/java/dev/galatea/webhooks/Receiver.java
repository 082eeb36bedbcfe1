package dev.galatea.webhooks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Somebody's server on this machine, which keeps what it was told and answers as the test wants. */
public final class Receiver implements AutoCloseable {

    /** What it was told: the headers in lower case, and the body. */
    public record Told(String path, Map<String, String> headers, String body) {

        public String id() {
            return headers.get("webhook-id");
        }
    }

    /** @param header of the answer, as {@code name: value}; absent for none */
    public record Answer(int status, @Nullable String header) {

        public static Answer of(int status) {
            return new Answer(status, null);
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Told> told = new CopyOnWriteArrayList<>();
    private volatile Function<Told, Answer> answers = request -> Answer.of(204);

    private Receiver(HttpServer server) {
        this.server = server;
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public static Receiver plain() {
        try {
            return new Receiver(HttpServer.create(local(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Receiver secure(SSLContext context) throws IOException {
        HttpsServer server = HttpsServer.create(local(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return new Receiver(server);
    }

    private static InetSocketAddress local() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public List<Told> told() {
        return List.copyOf(told);
    }

    public void answer(Function<Told, Answer> next) {
        answers = next;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, String> headers = new HashMap<>();
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name.toLowerCase(), values.get(0)));
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            Told request = new Told(exchange.getRequestURI().toString(), headers, body);
            told.add(request);
            Answer answer = answers.apply(request);
            if (answer.header() != null) {
                String[] header = answer.header().split(": ", 2);
                exchange.getResponseHeaders().add(header[0], header[1]);
            }
            exchange.sendResponseHeaders(answer.status(), -1);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
