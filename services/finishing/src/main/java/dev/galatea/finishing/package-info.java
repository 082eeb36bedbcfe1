/**
 * The finishing stage, which only jobs pass that ask for it.
 *
 * <p>Takes {@code video.finishing.requested.v1}: a clip in the store as it was decoded. Gives
 * {@code video.clip.decoded.v1}: the clip with frames added between the others, or with larger ones, or both, its
 * thumbnail and sprite sheet in the store. The same clip gives the same bytes, so a record may be delivered again.
 */
@NullMarked
package dev.galatea.finishing;

import org.jspecify.annotations.NullMarked;
