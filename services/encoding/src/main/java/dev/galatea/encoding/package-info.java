/**
 * The encoding stage: takes jobs that start from an image or video ({@code video.encoding.requested.v1}), reads the
 * media in bounded memory, fits them to the clip, encodes them with the bundle's encoder, and gives
 * {@code video.prompt.conditioned.v1} with the latents added. The media are hostile until proven otherwise.
 */
@NullMarked
package dev.galatea.encoding;

import org.jspecify.annotations.NullMarked;
