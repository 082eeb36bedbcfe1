package dev.galatea.encoding.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import javax.net.ssl.SSLException;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

import dev.galatea.encoding.config.EncodingConfig;
import dev.galatea.guardedhttp.GuardedHttp;
import dev.galatea.guardedhttp.TargetAddresses;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.failure.StageException;

/**
 * Fetches media from addresses that prompts name: over TLS, from the public internet, in bounded time and space.
 * Messages name the field, never the address: it may hold tokens. Thread-safe.
 */
@ApplicationScoped
public class MediaFetcher {

    private static final String SETTING = "galatea.encoding.fetch.allow-private-addresses";
    private static final int CHUNK = 1 << 16;
    /** Statuses that may pass: Request Timeout, Too Early, Too Many Requests. */
    private static final Set<Integer> PASSING = Set.of(408, 425, 429);

    private final GuardedHttp http;
    private final boolean allowPlain;
    private final Duration timeout;
    private final long maxBytes;

    @Inject
    MediaFetcher(EncodingConfig config) {
        this(
                config,
                InetAddress::getAllByName,
                GuardedHttp.client(config.fetch().timeout()).build());
    }

    MediaFetcher(EncodingConfig config, TargetAddresses.Resolver resolver, OkHttpClient client) {
        allowPlain = config.fetch().allowPrivateAddresses();
        timeout = config.fetch().timeout();
        maxBytes = config.limits().maxBytes();
        http = new GuardedHttp(client, new TargetAddresses(resolver, allowPlain, SETTING));
    }

    /**
     * Writes what is at an address into a file.
     *
     * @param field of the event, for messages
     * @throws PoisonException {@code invalid_reference_url}, {@code media_address_forbidden}, {@code media_not_fetched}
     *     or {@code media_too_large}
     * @throws RetryableException {@code media_not_fetched}, if another time may be better
     */
    public void fetch(String field, String address, Path target) throws StageException {
        HttpUrl url = HttpUrl.parse(address);
        if (url == null || !(url.isHttps() || allowPlain)) {
            throw new PoisonException("invalid_reference_url", field + ": is not valid; valid is https://HOST/…");
        }
        // Without "identity", answers would be unpacked on the way, to a length that nobody told.
        Request request = new Request.Builder()
                .url(url)
                .header("user-agent", "Galatea")
                .header("accept-encoding", "identity")
                .build();
        try (Response response = http.call(request, System.nanoTime() + timeout.toNanos())) {
            requireMedia(field, response);
            write(field, response, target);
        } catch (TargetAddresses.ForbiddenAddressException e) {
            // Nobody outside needs to know what a name means inside.
            throw new PoisonException(
                    "media_address_forbidden",
                    field + ": leads to an address that is not public; valid are those of the public internet",
                    e);
        } catch (UnknownHostException e) {
            throw notFetched(field, "its host has no address", e);
        } catch (InterruptedIOException e) {
            throw notFetched(field, "it took more than " + timeout.toMillis() / 1000.0 + " s", e);
        } catch (SSLException e) {
            throw notFetched(field, "its host's certificate or TLS is not accepted", e);
        } catch (IOException e) {
            throw notFetched(field, "its host can't be reached, or the connection broke off", e);
        }
    }

    private static RetryableException notFetched(String field, String reason, IOException e) {
        return new RetryableException("media_not_fetched", field + ": can't be fetched: " + reason, e);
    }

    private void requireMedia(String field, Response response) throws StageException {
        int status = response.code();
        if (status == 200) {
            return;
        }
        String message = field + ": was answered with " + status + "; valid is 200 with the media"
                + (response.isRedirect() ? ", for redirects are not followed" : "");
        if (status >= 500 || PASSING.contains(status)) {
            throw new RetryableException("media_not_fetched", message);
        }
        throw new PoisonException("media_not_fetched", message);
    }

    private void write(String field, Response response, Path target) throws IOException, PoisonException {
        requireLength(field, response.body().contentLength());
        try (InputStream in = response.body().byteStream();
                OutputStream out = Files.newOutputStream(target)) {
            byte[] chunk = new byte[CHUNK];
            long written = 0;
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                written += read;
                requireLength(field, written); // whatever the header said
                out.write(chunk, 0, read);
            }
        }
    }

    private void requireLength(String field, long bytes) throws PoisonException {
        if (bytes > maxBytes) {
            throw new PoisonException(
                    "media_too_large", field + ": has " + bytes + " bytes or more; valid are up to " + maxBytes);
        }
    }
}
