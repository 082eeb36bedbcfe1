package dev.galatea.encoding.media;

/**
 * The size that media declare, before anything of them is decoded.
 *
 * @param width pixels
 * @param height pixels
 * @param frames 1 for pictures; that of a video that doesn't declare it is derived from its duration
 */
public record MediaSize(int width, int height, long frames) {}
