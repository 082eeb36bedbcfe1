/**
 * The open deliveries and the times of their attempts, as state of Kafka Streams;
 * {@link dev.galatea.webhooks.delivery.WebhookSender} makes them.
 */
@NullMarked
package dev.galatea.webhooks.delivery;

import org.jspecify.annotations.NullMarked;
