/** The service's configuration. */
@NullMarked
package dev.galatea.webhooks.config;

import org.jspecify.annotations.NullMarked;
