package dev.galatea.model.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Tells texts from bytes that are none. Thread-safe. */
public final class Utf8 {

    /** What is wrong with JSON in bytes that are no text. */
    public static final String NO_JSON = "is not UTF-8; valid is JSON in UTF-8";

    private Utf8() {}

    /**
     * True if the bytes are UTF-8 as RFC 3629 has it. Parsers of JSON take more, such as a slash in two bytes, so that
     * what somebody checked is not what they read.
     */
    public static boolean isValid(byte[] bytes) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)); // reports what String's constructor replaces
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
