package dev.galatea.encoding.media;

/**
 * How large media say they are, before anything of them is decoded.
 *
 * @param width pixels
 * @param height pixels
 * @param frames 1 for pictures; a video that does not say it is counted by its duration
 */
public record MediaSize(int width, int height, long frames) {}
