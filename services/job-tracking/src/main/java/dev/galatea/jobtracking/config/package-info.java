/** The service's configuration. */
@NullMarked
package dev.galatea.jobtracking.config;

import org.jspecify.annotations.NullMarked;
