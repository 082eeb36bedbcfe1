/** The latest attempts and their results, for people. */
@NullMarked
package dev.galatea.webhooks.log;

import org.jspecify.annotations.NullMarked;
