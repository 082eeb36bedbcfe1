/** Which deliveries are open, and when each is tried: state on Kafka Streams. How one is made is behind {@link dev.galatea.webhooks.delivery.Courier}. */
@NullMarked
package dev.galatea.webhooks.delivery;

import org.jspecify.annotations.NullMarked;
