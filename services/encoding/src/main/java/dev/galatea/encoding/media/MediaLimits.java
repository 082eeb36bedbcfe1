package dev.galatea.encoding.media;

import java.time.Duration;

/**
 * Limits that are checked before anything is decoded, and limits of a reader.
 *
 * @param maxSide longest side of a picture, in pixels
 * @param maxPixels most pixels of a picture
 * @param maxFrames most frames of a video
 * @param maxWork most pixels of all pictures together that must be decoded
 * @param timeout a reader that takes longer is killed
 * @param processorTime a reader that takes more of it is killed, where the operating system can limit it
 * @param maxMemory bytes of address space of a reader, where the operating system can limit it
 */
public record MediaLimits(
        int maxSide,
        long maxPixels,
        int maxFrames,
        long maxWork,
        Duration timeout,
        Duration processorTime,
        long maxMemory) {}
