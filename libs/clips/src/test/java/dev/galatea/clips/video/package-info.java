@NullMarked
package dev.galatea.clips.video;

import org.jspecify.annotations.NullMarked;
