package dev.galatea.webhooks.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.SSLException;

import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jboss.logging.Logger;

import dev.galatea.guardedhttp.GuardedHttp;
import dev.galatea.guardedhttp.TargetAddresses;
import dev.galatea.webhooks.delivery.Attempt;
import dev.galatea.webhooks.delivery.Delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Makes one attempt over HTTP, which ends when its time is over, the look-up of the name included. Nothing is read
 * beyond the headers of the answer. Thread-safe.
 */
final class HttpAttempts {

    private static final Logger LOG = Logger.getLogger(HttpAttempts.class);
    private static final MediaType JSON = MediaType.get("application/json");
    private static final int GONE = 410;

    private final GuardedHttp http;
    private final Duration timeout;

    HttpAttempts(GuardedHttp http, Duration timeout) {
        this.http = http;
        this.timeout = timeout;
    }

    Attempt make(Endpoint endpoint, Delivery delivery) {
        Instant at = Instant.now();
        long start = System.nanoTime();
        Integer status = null;
        String error;
        Duration pause = Duration.ZERO;
        try (Response response = post(endpoint, delivery, at, start + timeout.toNanos())) {
            status = response.code();
            if (response.isSuccessful()) {
                return new Attempt.Delivered(at, Duration.ofNanos(System.nanoTime() - start), status);
            }
            error = status == GONE ? "gone" : "http_status";
            pause = pause(response, at);
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
        return new Attempt.Failed(at, took, status, error, pause, error.equals("gone"));
    }

    private Response post(Endpoint endpoint, Delivery delivery, Instant at, long deadline)
            throws IOException, TargetAddresses.ForbiddenAddressException {
        Request request = new Request.Builder()
                .url(endpoint.url())
                .header("user-agent", "Galatea")
                .header("webhook-id", delivery.webhookId())
                .header("webhook-timestamp", Long.toString(at.getEpochSecond()))
                .header("webhook-signature", endpoint.sign(delivery, at))
                .post(RequestBody.create(delivery.body().getBytes(UTF_8), JSON))
                .build();
        return http.call(request, deadline);
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
