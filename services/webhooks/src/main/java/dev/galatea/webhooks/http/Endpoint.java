package dev.galatea.webhooks.http;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import okhttp3.HttpUrl;

import dev.galatea.webhooks.config.WebhooksConfig;
import dev.galatea.webhooks.delivery.Delivery;

/** A receiver: its address and its secrets. Neither is ever shown: URLs, too, carry tokens. Thread-safe. */
final class Endpoint {

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,40}");
    private static final String SECRET_PREFIX = "whsec_";
    private static final int MIN_SECRET_BYTES = 24;
    private static final int MAX_SECRET_BYTES = 64;

    private final String name;
    private final HttpUrl url;
    private final List<Webhook> signers;

    private Endpoint(String name, HttpUrl url, List<Webhook> signers) {
        this.name = name;
        this.url = url;
        this.signers = List.copyOf(signers);
    }

    /** Reads the configuration, or fails with the key and what is valid. */
    static Endpoint of(String name, WebhooksConfig.Endpoint config, boolean allowPlainHttp) {
        String key = "galatea.webhooks.endpoints." + name;
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    key + ": '" + name + "' is not valid; valid are up to 40 lower-case letters, digits and hyphens");
        }
        return new Endpoint(name, url(key + ".url", config, allowPlainHttp), signers(key + ".secrets", config));
    }

    private static HttpUrl url(String key, WebhooksConfig.Endpoint config, boolean allowPlainHttp) {
        HttpUrl url = HttpUrl.parse(config.url().toString());
        boolean scheme = url != null && (url.isHttps() || allowPlainHttp);
        if (!scheme || !url.username().isEmpty() || !url.password().isEmpty() || url.fragment() != null) {
            throw new IllegalArgumentException(key + ": is not valid; valid is https://HOST/…, without user info and"
                    + " fragment (http:// only with galatea.webhooks.allow-private-targets)");
        }
        return url;
    }

    private static List<Webhook> signers(String key, WebhooksConfig.Endpoint config) {
        List<Webhook> signers = new ArrayList<>();
        for (String secret : config.secrets()) {
            try {
                if (!secret.startsWith(SECRET_PREFIX)) {
                    throw new IllegalArgumentException();
                }
                byte[] bytes = Base64.getDecoder().decode(secret.substring(SECRET_PREFIX.length()));
                if (bytes.length < MIN_SECRET_BYTES || bytes.length > MAX_SECRET_BYTES) {
                    throw new IllegalArgumentException();
                }
                signers.add(new Webhook(bytes));
            } catch (IllegalArgumentException | EmptyWebhookSecretException e) {
                // Without the cause, whose message may show the secret.
                throw new IllegalArgumentException(key + ": one is not valid; valid are " + SECRET_PREFIX + " and "
                        + MIN_SECRET_BYTES + " to " + MAX_SECRET_BYTES + " bytes in Base64");
            }
        }
        return signers;
    }

    String name() {
        return name;
    }

    HttpUrl url() {
        return url;
    }

    /** The {@code webhook-signature} header: one signature per secret, so that a receiver may know any of them. */
    String sign(Delivery delivery, Instant at) {
        return signers.stream()
                .map(signer -> sign(signer, delivery, at.getEpochSecond()))
                .collect(Collectors.joining(" "));
    }

    private static String sign(Webhook signer, Delivery delivery, long epochSecond) {
        try {
            return signer.sign(delivery.webhookId(), epochSecond, delivery.body());
        } catch (WebhookSigningException e) {
            throw new IllegalStateException("HmacSHA256 is not available", e);
        }
    }
}
