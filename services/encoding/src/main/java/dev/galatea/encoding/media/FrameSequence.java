package dev.galatea.encoding.media;

import java.nio.FloatBuffer;

/** Pictures of one size, one after the other, to be encoded as one clip. */
public interface FrameSequence {

    /** The number of pictures. */
    int frames();

    /** Rows of each. */
    int height();

    /** Columns of each. */
    int width();

    /**
     * Adds one colour of one picture to a buffer.
     *
     * @param colour 0, 1 and 2 are red, green and blue
     * @param into takes height · width values in [-1, 1]
     */
    void put(int colour, int frame, FloatBuffer into);
}
