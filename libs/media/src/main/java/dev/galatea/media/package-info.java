/** Support for stages that work on media files: FFmpeg's executables, and a directory for the files of a job. */
@NullMarked
package dev.galatea.media;

import org.jspecify.annotations.NullMarked;
