package dev.galatea.encoding.media;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * A file with one picture.
 *
 * @param canvas the larger area that the picture is a part of; null if it is all there is
 */
record Still(Path file, @Nullable Canvas canvas) {

    /**
     * The area of an animation, transparent where its first picture is not.
     *
     * @param width pixels
     * @param height pixels
     * @param left the picture's distance from the left border
     * @param top the picture's distance from the upper border
     */
    record Canvas(int width, int height, int left, int top) {

        boolean isFilledBy(PictureSize size) {
            return size.width() == width && size.height() == height;
        }

        /** Refuses a picture that does not lie within. */
        void require(PictureSize size) throws MediaRefusedException {
            if (left + size.width() > width || top + size.height() > height) {
                throw new MediaRefusedException("media_broken", "has a picture that is larger than its canvas");
            }
        }
    }
}
