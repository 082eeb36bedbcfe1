package dev.galatea.model.text;

/**
 * Makes texts from outside harmless to a terminal and its reader: events, files and answers may hold sequences that
 * move the cursor, change what stands there already, or turn the order of letters around (CWE-150). Such characters are
 * written as in JSON, {@code \}{@code u001b} for escape, so text in JSON stays the same text. Everything else stays as
 * it is. Thread-safe.
 */
public final class PrintableText {

    private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
    private static final int ZERO_WIDTH_JOINER = 0x200D;

    private PrintableText() {}

    /** Returns the text on one line: line ends and tabs are written as escapes, too. */
    public static String line(String text) {
        return escaped(text, "");
    }

    /** Returns the text with its line ends and tabs. */
    public static String lines(String text) {
        return escaped(text, "\n\t");
    }

    private static String escaped(String text, String allowed) {
        if (text.codePoints().allMatch(c -> isHarmless(c, allowed))) {
            return text;
        }
        StringBuilder safe = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (isHarmless(c, allowed)) {
                safe.appendCodePoint(c);
            } else {
                for (char unit : Character.toChars(c)) {
                    safe.append(String.format("\\u%04x", (int) unit));
                }
            }
        });
        return safe.toString();
    }

    private static boolean isHarmless(int codePoint, String allowed) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL -> allowed.indexOf(codePoint) >= 0;
            // Marks of direction among them; the joiners belong to scripts and emoji.
            case Character.FORMAT -> codePoint == ZERO_WIDTH_NON_JOINER || codePoint == ZERO_WIDTH_JOINER;
            case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE -> false;
            default -> true;
        };
    }
}
