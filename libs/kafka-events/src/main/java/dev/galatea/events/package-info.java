/** Publishing events, provisioning topics, and dead letters. */
@NullMarked
package dev.galatea.events;

import org.jspecify.annotations.NullMarked;
