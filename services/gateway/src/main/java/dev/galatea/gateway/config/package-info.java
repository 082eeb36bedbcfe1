/** The service's configuration. */
@NullMarked
package dev.galatea.gateway.config;

import org.jspecify.annotations.NullMarked;
