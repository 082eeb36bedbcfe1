/** Frames to an MP4 and a thumbnail: an FFmpeg process, fed frame by frame, and the JDK's JPEG writer. */
@NullMarked
package dev.galatea.clips.video;

import org.jspecify.annotations.NullMarked;
