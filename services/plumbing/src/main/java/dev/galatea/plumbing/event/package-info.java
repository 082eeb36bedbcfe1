/** Publishing events, provisioning topics, and dead letters. */
@NullMarked
package dev.galatea.plumbing.event;

import org.jspecify.annotations.NullMarked;
