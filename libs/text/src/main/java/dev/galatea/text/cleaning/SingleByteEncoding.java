package dev.galatea.text.cleaning;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static dev.galatea.text.cleaning.CleaningTables.TABLES;

/** An encoding of one byte for each character. Bytes are Latin-1 characters of the same numbers. Thread-safe. */
final class SingleByteEncoding {

    /** All that texts are tried in, the most likely first. */
    static final List<SingleByteEncoding> ALL =
            TABLES.encodings().stream().map(SingleByteEncoding::new).toList();

    static final SingleByteEncoding LATIN_1 = ALL.get(0);
    static final SingleByteEncoding WINDOWS_1252 = ALL.get(1);

    private static final char SUBSTITUTE = 0x1a;

    private final String name;
    private final String characters;
    private final Map<Character, Character> bytes = new HashMap<>();

    private SingleByteEncoding(CleaningTables.Encoding encoding) {
        name = encoding.name();
        characters = encoding.characters();
        for (char b = 0; b < characters.length(); b++) {
            bytes.put(characters.charAt(b), b);
        }
    }

    /** Tells whether every byte means something, those without a meaning of their own what they mean in Latin-1. */
    boolean isSloppy() {
        return name.startsWith("sloppy");
    }

    boolean isMacRoman() {
        return name.equals("macroman");
    }

    /** The bytes of a text; empty if it has other characters. */
    Optional<String> encode(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            Character b = bytes.get(text.charAt(i));
            if (b == null) {
                return Optional.empty();
            }
            encoded.append(b.charValue());
        }
        return Optional.of(encoded.toString());
    }

    /** The text of bytes. */
    String decode(String encoded) {
        StringBuilder text = new StringBuilder(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            text.append(characters.charAt(encoded.charAt(i)));
        }
        return text.toString();
    }

    /** Tells whether a byte has a meaning of its own. */
    boolean defines(char b) {
        return b != SUBSTITUTE && (b < 0x80 || b > 0x9f || characters.charAt(b) != b);
    }
}
