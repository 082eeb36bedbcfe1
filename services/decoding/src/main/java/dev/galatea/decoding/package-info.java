/**
 * Latents to the clip. Takes {@code video.latents.denoised.v1} from a work queue; puts the MP4 and its thumbnail into
 * the store; gives {@code video.clip.decoded.v1}. The same latents give the same bytes under the same names, so a
 * record may be delivered again.
 */
@NullMarked
package dev.galatea.decoding;

import org.jspecify.annotations.NullMarked;
