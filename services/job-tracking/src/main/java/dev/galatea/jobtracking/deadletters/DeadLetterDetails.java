package dev.galatea.jobtracking.deadletters;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jspecify.annotations.Nullable;

import dev.galatea.deadletters.DeadLetter;
import dev.galatea.deadletters.DeadLetterSummary;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A dead letter with its content.
 *
 * @param key absent if the record had none
 * @param value absent if the record had none; its beginning if it is not replayable
 * @param headers the record's own, and the dead letter's
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeadLetterDetails(
        @JsonUnwrapped DeadLetterList.Entry entry,
        @Nullable Bytes key,
        @Nullable Bytes value,
        Map<String, Bytes> headers) {

    static DeadLetterDetails of(DeadLetter letter) {
        Map<String, Bytes> headers = new TreeMap<>();
        letter.headers().forEach((name, bytes) -> headers.put(name, Bytes.of(bytes)));
        byte[] key = letter.key();
        byte[] value = letter.value();
        return new DeadLetterDetails(
                DeadLetterList.Entry.of(DeadLetterSummary.of(letter)),
                key == null ? null : Bytes.of(key),
                value == null ? null : Bytes.of(value),
                headers);
    }

    /** Bytes as text if they are UTF-8, as base64 if not: one of the two is there. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Bytes(@Nullable String text, @Nullable String base64) {

        static Bytes of(byte[] bytes) {
            try {
                return new Bytes(
                        UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString(), null);
            } catch (CharacterCodingException e) {
                return new Bytes(null, Base64.getEncoder().encodeToString(bytes));
            }
        }
    }
}
