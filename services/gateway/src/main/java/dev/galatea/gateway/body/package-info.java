/**
 * Bodies of requests, taken as they come: no thread waits for a client, media go to the disk, and all requests together
 * have one limit.
 */
@NullMarked
package dev.galatea.gateway.body;

import org.jspecify.annotations.NullMarked;
