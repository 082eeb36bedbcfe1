package dev.galatea.encoding.media;

/**
 * The size that media declare, before anything of them is decoded.
 *
 * @param width pixels
 * @param height pixels
 */
record PictureSize(int width, int height) {

    long pixels() {
        return (long) width * height;
    }
}
