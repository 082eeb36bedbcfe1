package dev.galatea.text.cleaning;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static dev.galatea.text.cleaning.CleaningTables.TABLES;
import static dev.galatea.text.cleaning.SingleByteEncoding.LATIN_1;
import static dev.galatea.text.cleaning.SingleByteEncoding.WINDOWS_1252;

/**
 * Undoes that UTF-8 was read in an encoding of one byte for each character: {@code sÃ³} becomes {@code só}. Text that
 * does not look like it stays; ftfy's {@code fix_encoding}. Thread-safe.
 */
final class Mojibake {

    private static final Pattern BAD = Pattern.compile(TABLES.bad());
    private static final Pattern UTF8_DETECTOR = Pattern.compile(TABLES.utf8Detector());
    private static final Pattern ALTERED_UTF8 = Pattern.compile(TABLES.alteredUtf8());
    private static final Pattern LOSSY_UTF8 = Pattern.compile(TABLES.lossyUtf8());
    private static final Pattern A_GRAVE_WORD = Pattern.compile(TABLES.aGraveWord());
    private static final Pattern C1_CONTROL = Pattern.compile("[\u0080-\u009f]");
    private static final String A_GRAVE = "\u00c3\u00a0 ";
    /** U+FFFD in UTF-8. */
    private static final String LOST = "\u00ef\u00bf\u00bd";

    private Mojibake() {}

    /** The text as it was meant, through as many layers of wrong encodings as there are. */
    static String undo(String text) {
        String before;
        String after = text;
        do {
            before = after;
            after = undoOnce(before);
        } while (!after.equals(before));
        return after;
    }

    /** Control characters of Latin-1 as the characters of Windows-1252 that are meant. */
    static String replaceC1Controls(String text) {
        return C1_CONTROL
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(WINDOWS_1252.decode(match.group())));
    }

    private static String undoOnce(String text) {
        if (text.chars().allMatch(c -> c < 0x80) || !isBad(text)) {
            return text;
        }
        for (SingleByteEncoding encoding : SingleByteEncoding.ALL) {
            Optional<String> fixed = encoding.encode(text).flatMap(bytes -> Utf8.decode(restored(encoding, bytes)));
            if (fixed.isPresent()) {
                return fixed.get();
            }
        }
        String embedded = UTF8_DETECTOR
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(undoWithin(text, match.group())));
        return embedded.equals(text) ? replaceC1Controls(latin1AsWindows(text)) : embedded;
    }

    private static boolean isBad(String text) {
        return BAD.matcher(text).find();
    }

    /** Bytes with what others have altered in them: a0 that became a space, and bytes that were lost. */
    private static String restored(SingleByteEncoding encoding, String bytes) {
        String restored = bytes;
        if (!encoding.isMacRoman() && ALTERED_UTF8.matcher(restored).find()) {
            restored = A_GRAVE_WORD.matcher(restored).replaceAll(A_GRAVE);
            restored = ALTERED_UTF8.matcher(restored).replaceAll(match -> match.group()
                    .replace(' ', '\u00a0'));
        }
        return encoding.isSloppy() ? LOSSY_UTF8.matcher(restored).replaceAll(LOST) : restored;
    }

    /** A part that looks like UTF-8 in a text that as a whole is not; the text itself is no such part. */
    private static String undoWithin(String text, String part) {
        return part.length() < text.length() && isBad(part) ? undo(part) : part;
    }

    private static String latin1AsWindows(String text) {
        boolean defined = text.chars().allMatch(c -> c <= 0xff && (c < 0x80 || WINDOWS_1252.defines((char) c)));
        return defined && LATIN_1.encode(text).isPresent() ? WINDOWS_1252.decode(text) : text;
    }
}
