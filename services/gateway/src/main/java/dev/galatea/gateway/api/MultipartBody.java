package dev.galatea.gateway.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
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
 * Reads {@code multipart/form-data} as the clients of the dialect write it: every text part is a field, whatever else
 * it says of itself. A part with the name of a medium is kept as bytes, and one with a nested name such as
 * {@code input_reference[image_url]} or {@code video[id]} as the field of an object. Any other part with a file name,
 * or of a reference that is not offered, is noted as being there, and its bytes are passed over. So memory is bounded
 * by text fields and media.
 *
 * <p>The parser is that of Quarkus REST. Its form parameters are not used: they write every file to the disk, also
 * those that nobody reads, know neither nested names nor fields that come as files, and don't name the field that is
 * too long.
 */
final class MultipartBody implements MultipartParser.PartHandler {

    private static final Pattern BOUNDARY =
            Pattern.compile("(?i).*;\\s*boundary=(?:\"([^\"]{1,70})\"|([^\\s;\"]{1,70})).*");
    private static final Pattern PARAMETER =
            Pattern.compile("(?i);\\s*(name|filename\\*?)=(?:\"([^\"]*)\"|([^;\\s]*))");
    private static final int CHUNK = 8192;
    private static final int MAX_PARTS = 100;

    /** The content of a form: fields, each as text or as an object of texts, and media by the name of their field. */
    record Form(ObjectNode fields, Map<String, byte[]> media) {}

    /** The uses of a part's bytes. */
    private enum Kind {
        TEXT,
        MEDIUM,
        PASSED_OVER
    }

    private final ObjectNode fields = JsonNodeFactory.instance.objectNode();
    private final Map<String, byte[]> media = new HashMap<>();
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private final int maxTextBytes;
    private final int maxMediaBytes;
    private int textBytes;
    private int mediaBytes;
    private int parts;
    private @Nullable String name;
    private @Nullable String member;
    private Kind kind = Kind.PASSED_OVER;

    private MultipartBody(int maxTextBytes, int maxMediaBytes) {
        this.maxTextBytes = maxTextBytes;
        this.maxMediaBytes = maxMediaBytes;
    }

    /** Parses a body; a part that was passed over is an empty object. */
    static Form read(@Nullable String contentType, InputStream body, int maxTextBytes, int maxMediaBytes) {
        Matcher boundary = BOUNDARY.matcher(contentType == null ? "" : contentType);
        if (!boundary.matches()) {
            throw ProblemException.badRequest("malformed_multipart", "Content-Type", "has no boundary");
        }
        String value = boundary.group(1) == null ? boundary.group(2) : boundary.group(1);
        MultipartBody reader = new MultipartBody(maxTextBytes, maxMediaBytes);
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
        return new Form(reader.fields, reader.media);
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
        content.reset();
        if (partName == null) {
            name = null;
            return;
        }
        int bracket = partName.indexOf('[');
        name = bracket > 0 ? partName.substring(0, bracket) : partName;
        boolean isMedium = VideoRequest.MEDIA.contains(name);
        member = bracket > 0 && isMedium && partName.endsWith("]")
                ? partName.substring(bracket + 1, partName.length() - 1)
                : null;
        if (isMedium && bracket < 0) {
            kind = Kind.MEDIUM;
        } else if (member != null || !isFile && bracket < 0 && !VideoRequest.REFERENCES.contains(name)) {
            kind = Kind.TEXT;
        } else {
            kind = Kind.PASSED_OVER;
        }
    }

    @Override
    public void data(ByteBuffer buffer) {
        int length = buffer.remaining();
        if (kind == Kind.PASSED_OVER || name == null) {
            buffer.position(buffer.limit());
            return;
        }
        if (kind == Kind.MEDIUM) {
            mediaBytes += length;
        } else {
            textBytes += length;
        }
        if (textBytes > maxTextBytes) {
            throw ProblemException.tooLarge("the text fields of the body are longer than " + maxTextBytes + " bytes");
        }
        if (mediaBytes > maxMediaBytes) {
            throw ProblemException.tooLarge(
                    String.valueOf(name), "pictures and video are longer than " + maxMediaBytes + " bytes");
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        content.writeBytes(bytes);
    }

    @Override
    public void endPart() {
        if (name == null) {
            return;
        }
        switch (kind) {
            case TEXT -> {
                String text = content.toString(UTF_8);
                if (member == null) {
                    fields.put(name, text);
                } else {
                    fields.withObjectProperty(name).put(member, text);
                }
            }
            case MEDIUM -> media.put(name, content.toByteArray());
            case PASSED_OVER -> fields.putObject(name);
        }
    }

    private static ProblemException malformed(String detail) {
        return ProblemException.badRequest("malformed_multipart", detail);
    }
}
