package dev.galatea.gateway.api;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.problem.ProblemException;

/**
 * Decodes the content of one part of a form, which comes in pieces that end anywhere, by its
 * {@code Content-Transfer-Encoding} (RFC 2045, section 6). Content that is not encoded as it says is an
 * {@link IllegalArgumentException}. Not thread-safe.
 */
interface PartDecoder {

    /** The content as it comes. */
    PartDecoder PLAIN = piece -> piece;

    /** Decodes a piece, as far as it can be told. */
    byte[] next(byte[] piece);

    /** The rest, after the last piece. */
    default byte[] end() {
        return new byte[0];
    }

    /** The decoder of an encoding; absent if the part names none. */
    static PartDecoder of(@Nullable String encoding) {
        String name = encoding == null ? "" : encoding.strip().toLowerCase(Locale.ROOT);
        return switch (name) {
            case "", "7bit", "8bit", "binary" -> PLAIN;
            case "base64" -> new Base64Pieces();
            case "quoted-printable" -> new QuotedPieces();
            default ->
                throw ProblemException.badRequest(
                        "malformed_multipart",
                        "Content-Transfer-Encoding",
                        "'" + BodyFields.shown(name) + "' is not known; valid are binary, 8bit, 7bit, base64 and"
                                + " quoted-printable");
        };
    }

    /** Four characters are three bytes; all other characters, such as line ends, say nothing. */
    final class Base64Pieces implements PartDecoder {

        private static final int GROUP = 4;

        private byte[] rest = new byte[0];

        @Override
        public byte[] next(byte[] piece) {
            byte[] characters = Arrays.copyOf(rest, rest.length + piece.length);
            int length = rest.length;
            for (byte character : piece) {
                if (isDigit(character)) {
                    characters[length++] = character;
                }
            }
            int whole = length - length % GROUP;
            rest = Arrays.copyOfRange(characters, whole, length);
            return Base64.getDecoder().decode(Arrays.copyOf(characters, whole));
        }

        @Override
        public byte[] end() {
            return Base64.getDecoder().decode(rest);
        }

        private static boolean isDigit(byte character) {
            return character >= 'A' && character <= 'Z'
                    || character >= 'a' && character <= 'z'
                    || character >= '0' && character <= '9'
                    || character == '+'
                    || character == '/'
                    || character == '=';
        }
    }

    /** {@code =XX} is a byte, and a line end after {@code =} is none. */
    final class QuotedPieces implements PartDecoder {

        private static final int HEX = 16;

        /** What came after the last {@code =}, and that itself; empty outside. */
        private final StringBuilder escape = new StringBuilder();

        @Override
        public byte[] next(byte[] piece) {
            ByteArrayOutputStream decoded = new ByteArrayOutputStream(piece.length);
            for (byte character : piece) {
                if (escape.isEmpty() && character != '=') {
                    decoded.write(character);
                } else {
                    escape.append((char) (character & 0xff));
                    endEscape(decoded);
                }
            }
            return decoded.toByteArray();
        }

        @Override
        public byte[] end() {
            if (!escape.isEmpty() && !escape.toString().equals("=")) {
                throw new IllegalArgumentException("ends in an escape");
            }
            return new byte[0];
        }

        private void endEscape(ByteArrayOutputStream decoded) {
            String text = escape.toString();
            if (text.equals("=\n") || text.equals("=\r\n")) {
                escape.setLength(0);
            } else if (text.length() > 2) {
                decoded.write(Integer.parseUnsignedInt(text, 1, text.length(), HEX));
                escape.setLength(0);
            }
        }
    }
}
