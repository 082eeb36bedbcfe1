package dev.galatea.guardedhttp;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Calls over HTTP to addresses that somebody else chose. The name is looked up once, all its addresses are checked, and
 * the connection goes to one of exactly these; no redirect is followed, and no proxy and no connection of an earlier
 * call is used. Thread-safe.
 *
 * @see <a
 *     href="https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html">OWASP
 *     on server-side request forgery</a>
 */
public final class GuardedHttp {

    private final OkHttpClient client;
    private final TargetAddresses addresses;
    /** A look-up can't be broken off: it is left behind. Threads without work end by themselves. */
    private final ExecutorService lookups = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "guarded-http-lookup");
        thread.setDaemon(true);
        return thread;
    });

    /** @param client made by {@link #client} */
    public GuardedHttp(OkHttpClient client, TargetAddresses addresses) {
        this.client = client;
        this.addresses = addresses;
    }

    /** A client with the limits above. */
    public static OkHttpClient.Builder client(Duration timeout) {
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

    /**
     * The answer to a request, which the caller closes.
     *
     * @param deadline as {@link System#nanoTime}: when all must be over, the look-up and reading the answer's body
     *     included
     * @throws InterruptedIOException if it is not
     * @throws java.net.UnknownHostException if the name has no address
     */
    public Response call(Request request, long deadline) throws IOException, TargetAddresses.ForbiddenAddressException {
        List<InetAddress> checked = lookUp(request.url().host(), deadline);
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
            throw new InterruptedIOException("the look-up of the name took too long");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the call was interrupted");
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
}
