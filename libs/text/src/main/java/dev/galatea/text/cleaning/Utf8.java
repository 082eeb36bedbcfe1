package dev.galatea.text.cleaning;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * UTF-8, and what others write for it: CESU-8, which encodes the two halves of a character above U+FFFF apart, and
 * Java's two bytes for U+0000. Bytes are Latin-1 characters of the same numbers.
 */
final class Utf8 {

    private static final Pattern VARIANT =
            Pattern.compile("\u00c0\u0080|\u00ed[\u00a0-\u00af][\u0080-\u00bf]\u00ed[\u00b0-\u00bf][\u0080-\u00bf]");

    private Utf8() {}

    /** The text of bytes; empty if they are not UTF-8. */
    static Optional<String> decode(String bytes) {
        StringBuilder text = new StringBuilder(bytes.length());
        Matcher variants = VARIANT.matcher(bytes);
        int position = 0;
        try {
            while (variants.find()) {
                text.append(strictly(bytes.substring(position, variants.start())));
                text.appendCodePoint(codePoint(variants.group()));
                position = variants.end();
            }
            return Optional.of(text.append(strictly(bytes.substring(position))).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static int codePoint(String variant) {
        if (variant.length() == 2) {
            return 0;
        }
        int high = (variant.charAt(1) & 0x0f) << 16 | (variant.charAt(2) & 0x3f) << 10;
        return high + ((variant.charAt(4) & 0x0f) << 6 | (variant.charAt(5) & 0x3f)) + 0x10000;
    }

    private static CharSequence strictly(String bytes) throws CharacterCodingException {
        return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.getBytes(ISO_8859_1)));
    }
}
