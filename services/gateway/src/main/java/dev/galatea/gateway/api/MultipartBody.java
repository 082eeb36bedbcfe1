package dev.galatea.gateway.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jboss.resteasy.reactive.common.util.CaseInsensitiveMap;
import org.jboss.resteasy.reactive.server.core.multipart.MultipartParser;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.problem.ProblemException;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Reads {@code multipart/form-data} as the clients of the dialect write it: every text part is a field, whatever else it
 * says of itself. A part with a file name, with the name of a reference, or a nested name such as {@code input_reference[image_url]}, is noted as being
 * there, and its bytes are passed over. So memory is bounded by the text fields.
 */
final class MultipartBody implements MultipartParser.PartHandler {

    private static final Pattern BOUNDARY =
            Pattern.compile("(?i).*;\\s*boundary=(?:\"([^\"]{1,70})\"|([^\\s;\"]{1,70})).*");
    private static final Pattern PARAMETER =
            Pattern.compile("(?i);\\s*(name|filename\\*?)=(?:\"([^\"]*)\"|([^;\\s]*))");
    private static final int CHUNK = 8192;
    private static final int MAX_PARTS = 100;

    private final ObjectNode fields = JsonNodeFactory.instance.objectNode();
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final int maxTextBytes;
    private int textBytes;
    private int parts;
    private @Nullable String name;
    private boolean isText;

    private MultipartBody(int maxTextBytes) {
        this.maxTextBytes = maxTextBytes;
    }

    /** The fields of a body, each as text; what is no text is an empty object. */
    static ObjectNode read(@Nullable String contentType, InputStream body, int maxTextBytes) {
        Matcher boundary = BOUNDARY.matcher(contentType == null ? "" : contentType);
        if (!boundary.matches()) {
            throw malformed("Content-Type: has no boundary");
        }
        String value = boundary.group(1) == null ? boundary.group(2) : boundary.group(1);
        MultipartBody reader = new MultipartBody(maxTextBytes);
        MultipartParser.ParseState state = MultipartParser.beginParse(reader, value.getBytes(ISO_8859_1), UTF_8.name());
        try {
            byte[] chunk = new byte[CHUNK];
            for (int read = body.read(chunk); read >= 0; read = body.read(chunk)) {
                state.parse(ByteBuffer.wrap(chunk, 0, read));
            }
        } catch (IOException e) {
            throw malformed("the body ended early, or is no multipart/form-data");
        }
        if (!state.isComplete()) {
            throw malformed("the body ends before its last boundary");
        }
        return reader.fields;
    }

    @Override
    public void beginPart(CaseInsensitiveMap<String> headers) {
        if (++parts > MAX_PARTS) {
            throw malformed("the body has more than " + MAX_PARTS + " parts");
        }
        String disposition = headers.getFirst("Content-Disposition");
        String partName = null;
        boolean isFile = false;
        Matcher parameter = PARAMETER.matcher(disposition == null ? "" : disposition);
        while (parameter.find()) {
            String found = parameter.group(2) == null ? parameter.group(3) : parameter.group(2);
            if (parameter.group(1).equalsIgnoreCase("name")) {
                partName = found;
            } else {
                isFile = true;
            }
        }
        int bracket = partName == null ? -1 : partName.indexOf('[');
        name = bracket > 0 ? partName.substring(0, bracket) : partName;
        isText = !isFile && bracket < 0 && !VideoRequest.REFERENCES.contains(name);
        text.reset();
    }

    @Override
    public void data(ByteBuffer buffer) {
        int length = buffer.remaining();
        if (!isText || name == null) {
            buffer.position(buffer.limit());
            return;
        }
        textBytes += length;
        if (textBytes > maxTextBytes) {
            throw ProblemException.tooLarge("the text fields of the body are longer than " + maxTextBytes + " bytes");
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        text.writeBytes(bytes);
    }

    @Override
    public void endPart() {
        if (name == null) {
            return;
        }
        if (isText) {
            fields.put(name, text.toString(UTF_8));
        } else {
            fields.putObject(name);
        }
    }

    private static ProblemException malformed(String detail) {
        return ProblemException.badRequest("malformed_multipart", detail);
    }
}
