package dev.galatea.encoding.media;

import java.time.Duration;

/**
 * Limits that are checked before anything is decoded, and limits of a reader.
 *
 * @param maxSide longest side of a picture, in pixels
 * @param maxPixels most pixels of a picture
 * @param maxFrames most frames of a video
 * @param timeout a reader that takes longer is killed
 * @param maxMemory bytes of address space of a reader, where the operating system can limit it
 */
public record MediaLimits(int maxSide, long maxPixels, int maxFrames, Duration timeout, long maxMemory) {}
