package dev.galatea.gateway.api;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;

/** Decodes texts, and refuses bytes that are none: what Java puts in their place would be another prompt. */
final class StrictText {

    private StrictText() {}

    /** @param field that the text is the value of, as the caller called it */
    static String decode(byte[] bytes, Charset charset, String field) {
        try {
            return charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw BodyFields.invalid(
                    BodyFields.shown(field), "is no text in " + charset.name() + "; valid is text in that encoding");
        }
    }
}
