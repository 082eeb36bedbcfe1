package dev.galatea.jobtracking.admission;

import java.util.stream.IntStream;

/** Text from outside. */
public final class Texts {

    private static final int REPLACEMENT = 0xFFFD;

    private Texts() {}

    /**
     * The same text, safe to publish: cut to {@code maxChars} code points, and what is no character (half of a surrogate
     * pair can't be written as UTF-8) or a control character other than tab and line ends is replaced by U+FFFD.
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

    /** The index of the first code point that is a control character or no character, or −1. */
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
