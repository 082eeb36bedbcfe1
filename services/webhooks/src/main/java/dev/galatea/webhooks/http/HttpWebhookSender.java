package dev.galatea.webhooks.http;

import java.net.InetAddress;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

import okhttp3.OkHttpClient;
import org.eclipse.microprofile.context.ManagedExecutor;
import org.jboss.logging.Logger;

import dev.galatea.guardedhttp.GuardedHttp;
import dev.galatea.guardedhttp.TargetAddresses;
import dev.galatea.webhooks.config.WebhooksConfig;
import dev.galatea.webhooks.delivery.Attempt;
import dev.galatea.webhooks.delivery.Delivery;
import dev.galatea.webhooks.delivery.WebhookSender;

/**
 * Sends webhooks over HTTP. An attempt blocks one of the service's worker threads, because the look-up of the name
 * can't be done otherwise; each endpoint has a bounded share of them, so that one that is slow or away holds up no
 * other. Thread-safe.
 */
public final class HttpWebhookSender implements WebhookSender, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(HttpWebhookSender.class);

    private final Map<String, Endpoint> endpoints = new TreeMap<>();
    private final Map<String, ExecutorService> workers = new TreeMap<>();
    private final int concurrency;
    private final HttpAttempts attempts;

    /** Reads the configuration, or fails with the key that is not valid. */
    public HttpWebhookSender(WebhooksConfig config) {
        this(
                config,
                InetAddress::getAllByName,
                GuardedHttp.client(config.timeout()).build());
    }

    HttpWebhookSender(WebhooksConfig config, TargetAddresses.Resolver resolver, OkHttpClient client) {
        concurrency = config.concurrency();
        TargetAddresses addresses =
                new TargetAddresses(resolver, config.allowPrivateTargets(), "galatea.webhooks.allow-private-targets");
        attempts = new HttpAttempts(new GuardedHttp(client, addresses), config.timeout());
        config.endpoints().forEach((name, endpoint) -> {
            endpoints.put(name, Endpoint.of(name, endpoint, config.allowPrivateTargets()));
            workers.put(name, ManagedExecutor.builder().maxAsync(concurrency).build());
        });
    }

    @Override
    public Set<String> endpoints() {
        return endpoints.keySet();
    }

    @Override
    public int concurrency() {
        return concurrency;
    }

    @Override
    public void send(Delivery delivery, Consumer<Attempt> whenDone) {
        Endpoint endpoint = Objects.requireNonNull(endpoints.get(delivery.endpoint()), delivery.endpoint());
        Executor worker = Objects.requireNonNull(workers.get(delivery.endpoint()), delivery.endpoint());
        try {
            worker.execute(() -> whenDone.accept(attempts.make(endpoint, delivery)));
        } catch (RejectedExecutionException e) {
            LOG.debugf("stopping; webhookId=%s is left to whoever comes next", delivery.webhookId());
        }
    }

    /** Attempts that are under way are left to themselves. */
    @Override
    public void close() {
        workers.values().forEach(ExecutorService::shutdown);
    }
}
