@NullMarked
package dev.galatea.clips.frames;

import org.jspecify.annotations.NullMarked;
