package dev.galatea.webhooks.http;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.guardedhttp.GuardedHttp;
import dev.galatea.guardedhttp.TargetAddresses;
import dev.galatea.model.id.JobId;
import dev.galatea.webhooks.Receiver;
import dev.galatea.webhooks.Receiver.Answer;
import dev.galatea.webhooks.Receiver.Told;
import dev.galatea.webhooks.Settings;
import dev.galatea.webhooks.config.WebhooksConfig;
import dev.galatea.webhooks.delivery.Attempt;
import dev.galatea.webhooks.delivery.Delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Attempts at real receivers on this machine. */
class HttpWebhookSenderTest {

    private static final Delivery DELIVERY =
            new Delivery("studio", JobId.random(), "evt_1", "video.completed", "{\"é\": 1}", Instant.now(), 0);
    private static final String PASSWORD = "changeit";

    @Test
    void shouldSignForEachSecret() throws Exception {
        try (Receiver receiver = Receiver.plain()) {
            Attempt attempt = attempt(receiver, "/hook?token=abc");

            assertThat(attempt).isInstanceOf(Attempt.Delivered.class);
            Told told = receiver.told().get(0);
            assertThat(told.path()).isEqualTo("/hook?token=abc");
            assertThat(told.body()).isEqualTo(DELIVERY.body());
            assertThat(told.headers()).containsEntry("content-type", "application/json");
            for (String secret : List.of(Settings.SECRET, Settings.OTHER_SECRET)) {
                new Webhook(secret).verify(told.body(), headers(told));
            }
            Webhook stranger = new Webhook("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
            assertThatThrownBy(() -> stranger.verify(told.body(), headers(told)))
                    .isInstanceOf(WebhookVerificationException.class);
        }
    }

    @Test
    void shouldEndInTime_whenTheNameIsNotFound() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        TargetAddresses.Resolver slow = host -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        };
        try {
            Attempt attempt = attempt(Settings.of(settings("http://slow.example/", "300ms")), slow, client());

            assertThat(attempt).isInstanceOfSatisfying(Attempt.Failed.class, failed -> {
                assertThat(failed.error()).isEqualTo("timeout");
                assertThat(failed.took()).isBetween(Duration.ofMillis(300), Duration.ofSeconds(10));
            });
        } finally {
            over.countDown();
        }
    }

    @Test
    void shouldNotFollowRedirects() throws Exception {
        try (Receiver elsewhere = Receiver.plain();
                Receiver receiver = Receiver.plain()) {
            receiver.answer(told -> new Answer(307, "location: http://127.0.0.1:" + elsewhere.port() + "/"));

            assertThat(attempt(receiver, "/"))
                    .isInstanceOfSatisfying(Attempt.Failed.class, failed -> assertThat(failed.statusCode())
                            .isEqualTo(307));
            assertThat(elsewhere.told()).isEmpty();
        }
    }

    @Test
    void shouldPassOnWhatTheReceiverAsksFor() throws Exception {
        try (Receiver receiver = Receiver.plain()) {
            receiver.answer(told -> new Answer(429, "retry-after: 120"));
            Attempt.Failed busy = (Attempt.Failed) attempt(receiver, "/");
            receiver.answer(told -> Answer.of(410));
            Attempt.Failed gone = (Attempt.Failed) attempt(receiver, "/");

            assertThat(busy.error()).isEqualTo("http_status");
            assertThat(busy.pause()).isEqualTo(Duration.ofMinutes(2));
            assertThat(busy.isFinal()).isFalse();
            assertThat(gone.error()).isEqualTo("gone");
            assertThat(gone.isFinal()).isTrue();
        }
    }

    @Test
    void shouldGiveUpInTime_whenTheReceiverSaysNothing() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (Receiver receiver = Receiver.plain()) {
            receiver.answer(told -> {
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return Answer.of(204);
            });

            Attempt.Failed failed = (Attempt.Failed) attempt(
                    Settings.of(settings("http://127.0.0.1:" + receiver.port() + "/", "1s")),
                    InetAddress::getAllByName,
                    client());

            assertThat(failed.error()).isEqualTo("timeout");
            assertThat(failed.took()).isBetween(Duration.ofMillis(900), Duration.ofSeconds(20));
        } finally {
            end.countDown();
        }
    }

    @Test
    void shouldSayWhatIsWrong_whenNobodyIsThere() throws Exception {
        int port;
        try (Receiver receiver = Receiver.plain()) {
            port = receiver.port();
        }

        assertThat(attempt(
                        Settings.of(settings("http://127.0.0.1:" + port + "/")), InetAddress::getAllByName, client()))
                .isInstanceOfSatisfying(Attempt.Failed.class, failed -> assertThat(failed.error())
                        .isEqualTo("unreachable"));
    }

    @Test
    void shouldReachNobody_whenTheAddressIsPrivate() throws Exception {
        try (Receiver receiver = Receiver.plain()) {
            String url = "https://localhost:" + receiver.port() + "/";
            var config = Settings.of("endpoints.studio.url", url, "endpoints.studio.secrets", Settings.SECRET);

            Attempt.Failed failed = (Attempt.Failed) attempt(config, InetAddress::getAllByName, client());

            assertThat(failed.error()).isEqualTo("forbidden_address");
            assertThat(receiver.told()).isEmpty();
        }
    }

    @Test
    void shouldConnectToTheAddressThatWasChecked_byTheNameInTheCertificate(@TempDir Path directory) throws Exception {
        SSLContext context = certificateFor("hooks.example", directory);
        AtomicInteger lookups = new AtomicInteger();
        TargetAddresses.Resolver resolver = host -> {
            // A name that leads somewhere else when it is asked for again.
            boolean first = lookups.getAndIncrement() == 0;
            return new InetAddress[] {InetAddress.getByName(first ? "127.0.0.1" : "127.0.0.2")};
        };
        try (Receiver receiver = Receiver.secure(context)) {
            String here = ":" + receiver.port() + "/";

            Attempt right =
                    attempt(Settings.of(settings("https://hooks.example" + here)), resolver, trusting(directory));
            Attempt.Failed wrong = (Attempt.Failed) attempt(
                    Settings.of(settings("https://other.example" + here)),
                    host -> new InetAddress[] {InetAddress.getLoopbackAddress()},
                    trusting(directory));

            assertThat(right.statusCode()).isEqualTo(204);
            assertThat(lookups).hasValue(1);
            assertThat(receiver.told()).singleElement().satisfies(told -> assertThat(told.headers())
                    .containsEntry("host", "hooks.example:" + receiver.port()));
            assertThat(wrong.error()).isEqualTo("tls");
        }
    }

    @Test
    void shouldRefuseConfiguration_withoutShowingSecretsOrUrls() {
        assertThatThrownBy(() -> new HttpWebhookSender(Settings.of(
                        "endpoints.a.url", "https://a.example/tok", "endpoints.a.secrets", "whsec_c2hvcnQ=")))
                .hasMessageContaining("galatea.webhooks.endpoints.a.secrets: one is not valid")
                .hasMessageNotContaining("c2hvcnQ");
        for (String url : List.of("http://a.example/tok", "https://u:p@a.example/tok", "ftp://a.example/tok", "tok")) {
            assertThatThrownBy(() -> new HttpWebhookSender(
                            Settings.of("endpoints.a.url", url, "endpoints.a.secrets", Settings.SECRET)))
                    .as(url)
                    .hasMessageContaining("galatea.webhooks.endpoints.a.url: is not valid; valid is https://HOST/")
                    .hasMessageNotContaining("tok");
        }
        assertThatThrownBy(() -> new HttpWebhookSender(
                        Settings.of("endpoints.A.url", "https://a.example", "endpoints.A.secrets", Settings.SECRET)))
                .hasMessageContaining("'A' is not valid; valid are up to 40 lower-case letters");
    }

    private static Attempt attempt(Receiver receiver, String path) throws Exception {
        return attempt(
                Settings.of(settings("http://127.0.0.1:" + receiver.port() + path)),
                InetAddress::getAllByName,
                client());
    }

    private static Attempt attempt(WebhooksConfig config, TargetAddresses.Resolver resolver, OkHttpClient client)
            throws Exception {
        try (HttpWebhookSender sender = new HttpWebhookSender(config, resolver, client)) {
            CompletableFuture<Attempt> done = new CompletableFuture<>();
            sender.send(DELIVERY, done::complete);
            return done.get(30, TimeUnit.SECONDS);
        }
    }

    private static String[] settings(String url) {
        return settings(url, "30s");
    }

    private static String[] settings(String url, String timeout) {
        return new String[] {
            "endpoints.studio.url",
            url,
            "endpoints.studio.secrets",
            Settings.SECRET + "," + Settings.OTHER_SECRET,
            "allow-private-targets",
            "true",
            "timeout",
            timeout
        };
    }

    private static OkHttpClient client() {
        return GuardedHttp.client(Duration.ofSeconds(30)).build();
    }

    private static HttpHeaders headers(Told told) {
        Map<String, List<String>> all = told.headers().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> List.of(entry.getValue())));
        return HttpHeaders.of(all, (name, value) -> true);
    }

    private static SSLContext certificateFor(String host, Path directory) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "receiver",
                        "-dname",
                        "CN=" + host,
                        "-ext",
                        "SAN=dns:" + host,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        directory.resolve("keys.p12").toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(keys(directory), PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static OkHttpClient trusting(Path directory) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(
                "receiver", (X509Certificate) keys(directory).getCertificate("receiver"));
        TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return GuardedHttp.client(Duration.ofSeconds(30))
                .sslSocketFactory(context.getSocketFactory(), (X509TrustManager) managers.getTrustManagers()[0])
                .build();
    }

    private static KeyStore keys(Path directory) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(directory.resolve("keys.p12"))) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }
}
