/**
 * Tells the operator's endpoints how jobs ended.
 *
 * <p>Takes {@code video.finished.v1}, gives signed HTTP requests at least once per endpoint, and
 * {@code video.webhook.attempted.v1}, the delivery log.
 */
@NullMarked
package dev.galatea.webhooks;

import org.jspecify.annotations.NullMarked;
