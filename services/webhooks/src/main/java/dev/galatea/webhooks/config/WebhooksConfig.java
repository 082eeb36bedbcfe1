package dev.galatea.webhooks.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The endpoints that are told how jobs ended, and how often it is tried. */
@ConfigMapping(prefix = "galatea.webhooks")
public interface WebhooksConfig {

    /**
     * The endpoints, by names of lower-case letters, digits and hyphens, which metrics and the delivery log show.
     * Without one the service does nothing.
     */
    Map<String, Endpoint> endpoints();

    /** Allows plain HTTP and addresses that are not public. For tests, and networks that one owns. */
    @WithDefault("false")
    boolean allowPrivateTargets();

    /** The longest time of one attempt, the look-up of the name included, until the headers of the answer are there. */
    @WithDefault("10s")
    Duration timeout();

    /** Attempts at once, per endpoint and replica. */
    @WithDefault("4")
    int concurrency();

    /**
     * The pause after a first failed attempt; each further one is twice as long, and a fifth shorter or longer by
     * chance.
     */
    @WithDefault("5s")
    Duration firstPause();

    /** The longest pause, also if an endpoint asks for a longer one by {@code Retry-After}. */
    @WithDefault("4h")
    Duration maxPause();

    /** The time after the end of a job in which its deliveries are tried. */
    @WithDefault("72h")
    Duration giveUpAfter();

    /** The age of the oldest entry of {@code GET /v1/webhooks/deliveries} after a start; the topic holds more. */
    @WithDefault("24h")
    Duration logReplay();

    /** Name of the group of replicas, which share the deliveries. */
    @WithDefault("galatea-webhooks")
    String applicationId();

    /** A receiver of webhooks. */
    interface Endpoint {

        /** The address; {@code https}, without user info. */
        URI url();

        /**
         * The secrets that requests are signed with, as Standard Webhooks writes them: {@code whsec_} and 24 to 64
         * bytes in Base64. To rotate, give the new one beside the old one until the receiver knows it.
         */
        List<String> secrets();
    }
}
