package dev.galatea.encoding.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.encoding.config.EncodingConfig;
import dev.galatea.guardedhttp.GuardedHttp;
import dev.galatea.guardedhttp.TargetAddresses;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.failure.StageException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Fetching from a real server on this machine. */
class MediaFetcherTest {

    private static final String FIELD = "reference.url";
    private static final int MOST = 1000;

    @TempDir
    Path directory;

    private final AtomicInteger calls = new AtomicInteger();
    private HttpServer server;
    private int status = 200;
    private byte[] body = {1, 2, 3};
    private boolean sayLength = true;

    @BeforeEach
    void serve() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws java.io.IOException {
        try (exchange) {
            calls.incrementAndGet();
            exchange.getResponseHeaders().add("location", "http://127.0.0.1:" + port() + "/elsewhere");
            exchange.sendResponseHeaders(status, sayLength ? body.length : 0);
            exchange.getResponseBody().write(body);
        }
    }

    @Test
    void shouldWriteWhatIsThere() throws Exception {
        assertThat(fetched("/a.png?token=abc")).hasBinaryContent(body);
    }

    @Test
    void shouldReachNobody_whenTheAddressIsNotPublic() {
        MediaFetcher fetcher = fetcher(false, InetAddress::getAllByName);

        assertThatThrownBy(() -> fetcher.fetch(FIELD, "https://localhost:" + port() + "/tok", target()))
                .isInstanceOfSatisfying(
                        PoisonException.class, e -> assertThat(e.code()).isEqualTo("media_address_forbidden"))
                .hasMessageStartingWith("reference.url: leads to an address that is not public")
                .hasMessageNotContaining("tok")
                .hasMessageNotContaining("127.0.0.1");
        assertThat(calls).hasValue(0);
    }

    @Test
    void shouldCheckAllAddressesOfAName_andLookItUpOnce() {
        AtomicInteger lookups = new AtomicInteger();
        MediaFetcher fetcher = fetcher(false, host -> {
            lookups.incrementAndGet();
            return new InetAddress[] {InetAddress.getByName("8.8.8.8"), InetAddress.getByName("169.254.169.254")};
        });

        assertThat(code(() -> fetcher.fetch(FIELD, "https://media.example/", target())))
                .isEqualTo("media_address_forbidden");
        assertThat(lookups).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://media.example/a.png", "file:///etc/passwd", "ftp://media.example/a", "", "a.png"})
    void shouldRefuse_whatIsNoHttps(String address) {
        MediaFetcher fetcher = fetcher(false, InetAddress::getAllByName);

        assertThat(code(() -> fetcher.fetch(FIELD, address, target()))).isEqualTo("invalid_reference_url");
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 301, 307, 403, 404})
    void shouldGiveUp_whenTheAnswerIsNotTheMedia(int answer) {
        status = answer;
        body = new byte[0];
        sayLength = false;

        assertThatThrownBy(() -> fetched("/a.png"))
                .isInstanceOf(PoisonException.class)
                .hasMessageStartingWith("reference.url: was answered with " + answer + "; valid is 200");
        assertThat(calls).as("no redirect is followed").hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 503})
    void shouldTryAgain_whenTheServerIsInTrouble(int answer) {
        status = answer;

        assertThatThrownBy(() -> fetched("/a.png")).isInstanceOf(RetryableException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldStop_whenThereIsTooMuch(boolean toldBefore) throws Exception {
        body = new byte[100 * MOST];
        sayLength = toldBefore;

        assertThat(code(() -> fetched("/a.png"))).isEqualTo("media_too_large");
        if (Files.exists(target())) {
            assertThat(Files.size(target())).isLessThanOrEqualTo(MOST);
        }
    }

    @Test
    void shouldEndInTime_whenTheServerSaysNothing() throws Exception {
        try (var silent = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            MediaFetcher fetcher = fetcher(true, InetAddress::getAllByName);

            assertThatThrownBy(() ->
                            fetcher.fetch(FIELD, "http://127.0.0.1:" + silent.getLocalPort() + "/a.png", target()))
                    .isInstanceOf(RetryableException.class)
                    .hasMessageStartingWith("reference.url: can't be fetched: it took more than ");
        }
    }

    /** What may fail. */
    private interface Call {
        void run() throws Exception;
    }

    private static String code(Call call) {
        try {
            call.run();
        } catch (StageException e) {
            return e.code();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return "none";
    }

    private Path fetched(String path) throws Exception {
        fetcher(true, InetAddress::getAllByName).fetch(FIELD, "http://127.0.0.1:" + port() + path, target());
        return target();
    }

    private Path target() {
        return directory.resolve("media");
    }

    private int port() {
        return server.getAddress().getPort();
    }

    private static MediaFetcher fetcher(boolean allowPrivate, TargetAddresses.Resolver resolver) {
        Map<String, String> settings = Map.of(
                "galatea.encoding.limits.max-bytes",
                Integer.toString(MOST),
                "galatea.encoding.fetch.timeout",
                "2s",
                "galatea.encoding.fetch.allow-private-addresses",
                Boolean.toString(allowPrivate));
        EncodingConfig config = new SmallRyeConfigBuilder()
                .withMapping(EncodingConfig.class)
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .addDiscoveredConverters()
                .build()
                .getConfigMapping(EncodingConfig.class);
        return new MediaFetcher(
                config, resolver, GuardedHttp.client(Duration.ofSeconds(2)).build());
    }
}
