package dev.galatea.webhooks.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

import okhttp3.ConnectionPool;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jboss.logging.Logger;

import dev.galatea.webhooks.delivery.Attempt;
import dev.galatea.webhooks.delivery.Delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * One attempt over HTTP, over when the time for it is, the look-up of the name included. The name is looked up once, all its addresses are checked, and the connection goes to one of
 * exactly these; no redirect is followed, no proxy and no connection of an earlier attempt is used, and nothing is read
 * beyond the headers of the answer. Thread-safe.
 */
final class HttpAttempts {

    private static final Logger LOG = Logger.getLogger(HttpAttempts.class);
    private static final MediaType JSON = MediaType.get("application/json");
    private static final int GONE = 410;

    private final OkHttpClient client;
    private final TargetAddresses addresses;
    private final Duration timeout;
    /** A look-up can't be broken off: it is left behind. Threads without work end by themselves. */
    private final ExecutorService lookups = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "webhook-lookup");
        thread.setDaemon(true);
        return thread;
    });

    HttpAttempts(OkHttpClient client, TargetAddresses addresses, Duration timeout) {
        this.client = client;
        this.addresses = addresses;
        this.timeout = timeout;
    }

    /** A client with the limits above. */
    static OkHttpClient.Builder client(Duration timeout) {
        return new OkHttpClient.Builder()
                .callTimeout(timeout)
                .connectTimeout(timeout)
                .readTimeout(timeout)
                .writeTimeout(timeout)
                .followRedirects(false)
                .followSslRedirects(false)
                .proxy(Proxy.NO_PROXY)
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS));
    }

    Attempt make(Endpoint endpoint, Delivery delivery) {
        Instant at = Instant.now();
        long start = System.nanoTime();
        Integer status = null;
        String error = null;
        Duration pause = Duration.ZERO;
        try (Response response = post(endpoint, delivery, at, start + timeout.toNanos())) {
            status = response.code();
            if (!response.isSuccessful()) {
                error = status == GONE ? "gone" : "http_status";
                pause = pause(response, at);
            }
        } catch (TargetAddresses.ForbiddenAddressException e) {
            error = report("forbidden_address", endpoint, e);
        } catch (UnknownHostException e) {
            error = report("unknown_host", endpoint, e);
        } catch (InterruptedIOException e) {
            error = report("timeout", endpoint, e);
        } catch (SSLException e) {
            error = report("tls", endpoint, e);
        } catch (IOException e) {
            error = report("unreachable", endpoint, e);
        } catch (RuntimeException e) {
            // Whatever it is: a delivery of which nothing is heard would stay under way for ever.
            error = report("internal", endpoint, e);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        return error == null
                ? new Attempt.Delivered(at, took, status)
                : new Attempt.Failed(at, took, status, error, pause, error.equals("gone"));
    }

    private Response post(Endpoint endpoint, Delivery delivery, Instant at, long deadline)
            throws IOException, TargetAddresses.ForbiddenAddressException {
        List<InetAddress> checked = lookUp(endpoint.url().host(), deadline);
        Request request = new Request.Builder()
                .url(endpoint.url())
                .header("user-agent", "Galatea")
                .header("webhook-id", delivery.webhookId())
                .header("webhook-timestamp", Long.toString(at.getEpochSecond()))
                .header("webhook-signature", endpoint.sign(delivery, at))
                .post(RequestBody.create(delivery.body().getBytes(UTF_8), JSON))
                .build();
        // Whatever the client asks for, it gets what was checked: a second look-up could answer otherwise.
        return client.newBuilder()
                .dns(host -> checked)
                .callTimeout(Duration.ofMillis(Math.max(1, (deadline - System.nanoTime()) / 1_000_000)))
                .build()
                .newCall(request)
                .execute();
    }

    private List<InetAddress> lookUp(String host, long deadline)
            throws IOException, TargetAddresses.ForbiddenAddressException {
        Future<List<InetAddress>> found = lookups.submit(() -> addresses.of(host));
        try {
            return found.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new InterruptedIOException("the look-up of the name took longer than " + timeout.toMillis() + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the attempt was interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            if (e.getCause() instanceof TargetAddresses.ForbiddenAddressException forbidden) {
                throw forbidden;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static Duration pause(Response response, Instant now) {
        String asked = response.header("retry-after");
        if (asked == null) {
            return Duration.ZERO;
        }
        Date date = response.headers().getDate("retry-after");
        if (date != null) {
            return Duration.between(now, date.toInstant());
        }
        return asked.matches("\\d{1,9}") ? Duration.ofSeconds(Long.parseLong(asked)) : Duration.ZERO;
    }

    private static String report(String error, Endpoint endpoint, Exception e) {
        LOG.infof("webhook not delivered endpoint=%s error=%s reason=%s", endpoint.name(), error, e.getMessage());
        return error;
    }
}
