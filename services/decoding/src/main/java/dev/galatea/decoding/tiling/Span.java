package dev.galatea.decoding.tiling;

/**
 * A half-open interval on one axis.
 *
 * @param start first position
 * @param end position after the last one
 */
record Span(int start, int end) {

    Span {
        if (start < 0 || end <= start) {
            throw new IllegalArgumentException("span: [" + start + ", " + end + ") is empty or negative");
        }
    }

    int length() {
        return end - start;
    }

    Span times(int factor) {
        return new Span(start * factor, end * factor);
    }
}
