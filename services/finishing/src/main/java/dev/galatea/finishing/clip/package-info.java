/** One job: a clip on disk to another one. Knows frames and video, but no channels, models or stores. */
@NullMarked
package dev.galatea.finishing.clip;

import org.jspecify.annotations.NullMarked;
