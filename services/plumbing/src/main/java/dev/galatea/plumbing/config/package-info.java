/** Configuration that all services share. */
@NullMarked
package dev.galatea.plumbing.config;

import org.jspecify.annotations.NullMarked;
