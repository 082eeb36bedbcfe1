/** One job: latents to an MP4 and a thumbnail on disk. Knows tiles and video, but no channels, models or stores. */
@NullMarked
package dev.galatea.decoding.clip;

import org.jspecify.annotations.NullMarked;
