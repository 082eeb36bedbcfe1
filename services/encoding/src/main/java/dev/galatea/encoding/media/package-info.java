/**
 * Reads images and videos that somebody sent: what they are, how large, and their pixels. Nothing in here trusts them.
 */
@NullMarked
package dev.galatea.encoding.media;

import org.jspecify.annotations.NullMarked;
