package dev.galatea.gateway.api;

import java.io.ByteArrayOutputStream;
import java.util.function.Function;

import dev.galatea.gateway.body.BodyReader;
import dev.galatea.gateway.body.Spool;
import dev.galatea.gateway.problem.ProblemException;

/**
 * Reads a body that is text, all of which is in memory.
 *
 * @param <T> what it is made into
 */
final class TextBody<T> implements BodyReader<T> {

    private final Spool spool;
    private final int maxBytes;
    private final Function<byte[], T> parser;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    /** @param spool which counts what is in memory */
    TextBody(Spool spool, int maxBytes, Function<byte[], T> parser) {
        this.spool = spool;
        this.maxBytes = maxBytes;
        this.parser = parser;
    }

    @Override
    public void take(byte[] bytes) {
        if (content.size() + bytes.length > maxBytes) {
            throw ProblemException.tooLarge(
                    "the body is longer than " + maxBytes + " bytes; larger media are taken as files in a form");
        }
        spool.countText(bytes.length);
        content.writeBytes(bytes);
    }

    @Override
    public T finish() {
        return parser.apply(content.toByteArray());
    }
}
