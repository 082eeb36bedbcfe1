package dev.galatea.store;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A store that misbehaves: a small HTTP server that answers as told. */
class StoreFaultsTest {

    private static final byte[] BYTES = {1, 2, 3};
    private static final ObjectRef REF =
            new ObjectRef("bucket", "key", "application/octet-stream", BYTES.length, Sha256.of(BYTES));

    private final AtomicInteger requests = new AtomicInteger();
    private volatile int failures;
    private volatile int status = 503;
    private HttpServer server;
    private MinioObjectStore store;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            if (requests.incrementAndGet() <= failures) {
                byte[] refusal = "<Error><Code>AccessDenied</Code><Message>No.</Message></Error>".getBytes(UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "application/xml");
                exchange.sendResponseHeaders(status, refusal.length);
                exchange.getResponseBody().write(refusal);
            } else {
                exchange.sendResponseHeaders(200, BYTES.length);
                exchange.getResponseBody().write(BYTES);
            }
            exchange.close();
        });
        server.start();
        store = store(server.getAddress().getPort());
    }

    @AfterEach
    void stop() throws Exception {
        store.close();
        server.stop(0);
    }

    @Test
    void shouldTryAgain_whenFaultPasses() throws Exception {
        failures = 2;
        assertThat(store.read(REF)).isEqualTo(BYTES);
        assertThat(requests).hasValue(3);
    }

    @Test
    void shouldGiveUp_whenFaultStays() {
        failures = 1000;
        assertUnavailable(store);
        assertThat(requests.get()).isBetween(2, 10);
    }

    @Test
    void shouldNotTryAgain_whenRefused() {
        failures = 1000;
        status = 403;
        assertUnavailable(store);
        assertThat(requests).hasValue(1);
    }

    @Test
    void shouldSayUnavailable_whenNobodyListens() throws Exception {
        int port = server.getAddress().getPort();
        server.stop(0);
        MinioObjectStore unreachable = store(port);
        assertUnavailable(unreachable);
        assertThat(unreachable.reachable()).isFalse();
        unreachable.close();
    }

    @Test
    void shouldBlameTheDisk_whenTargetCannotBeWritten() {
        assertThatThrownBy(() -> store.download(REF, Path.of("/nonexistent/directory/file")))
                .isInstanceOfSatisfying(
                        RetryableException.class, e -> assertThat(e.code()).isEqualTo("disk_failed"));
        assertThat(requests).hasValue(1);
    }

    private static void assertUnavailable(MinioObjectStore store) {
        assertThatThrownBy(() -> store.read(REF))
                .isInstanceOfSatisfying(
                        RetryableException.class, e -> assertThat(e.code()).isEqualTo("store_unavailable"));
    }

    private static MinioObjectStore store(int port) {
        StoreSettings settings = new StoreSettings(null, "access", "secret", REF.bucket(), "us-east-1");
        return new MinioObjectStore(settings.at("http://127.0.0.1:" + port), new SimpleMeterRegistry());
    }
}
