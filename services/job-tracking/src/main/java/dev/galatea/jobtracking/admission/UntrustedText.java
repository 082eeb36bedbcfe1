package dev.galatea.jobtracking.admission;

import java.util.stream.IntStream;

/** Checks text of clients and makes it safe to publish. */
public final class UntrustedText {

    private static final int REPLACEMENT = 0xFFFD;

    private UntrustedText() {}

    /**
     * Returns the text safe to publish: cut to {@code maxChars} code points, with halves of surrogate pairs, which
     * can't be written as UTF-8, and control characters other than tab and line ends replaced by U+FFFD.
     */
    public static String presentable(String text, int maxChars) {
        IntStream clean = text.codePoints().limit(maxChars).map(c -> isAcceptable(c) ? c : REPLACEMENT);
        String cut = clean.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return length(text) > maxChars ? cut + "…" : cut;
    }

    /** Length in code points. */
    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Returns the index of the first code point that is a control character or half of a surrogate pair, or −1. */
    static int firstUnacceptable(String text) {
        int index = 0;
        for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
            if (!isAcceptable(text.codePointAt(i))) {
                return index;
            }
            index++;
        }
        return -1;
    }

    private static boolean isAcceptable(int codePoint) {
        boolean lineEndOrTab = codePoint == '\n' || codePoint == '\r' || codePoint == '\t';
        boolean halfPair = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
        return lineEndOrTab || !(halfPair || Character.isISOControl(codePoint));
    }
}
