/** What can be set. */
@NullMarked
package dev.galatea.encoding.config;

import org.jspecify.annotations.NullMarked;
