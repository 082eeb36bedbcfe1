/** What became of the latest attempts, for people. */
@NullMarked
package dev.galatea.webhooks.log;

import org.jspecify.annotations.NullMarked;
