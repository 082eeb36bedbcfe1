package dev.galatea.gateway.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import org.jboss.resteasy.reactive.common.util.CaseInsensitiveMap;
import org.jboss.resteasy.reactive.server.core.multipart.MultipartParser;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.body.BodyReader;
import dev.galatea.gateway.body.Spool;
import dev.galatea.gateway.body.Upload;
import dev.galatea.gateway.body.UploadedFile;
import dev.galatea.gateway.problem.ProblemException;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Reads {@code multipart/form-data} as the clients of the dialect write it: every text part is a field, whatever else
 * it says of itself, and so is a part with the name of a medium that has no file name and holds an address or JSON. Any
 * other part with such a name goes to a file. Any other part with a file name is noted as being there, and its bytes
 * are passed over. So memory is bounded by text fields. Empty parts mean that a field is not given, but for files that
 * have a name.
 *
 * <p>The parser is that of Quarkus REST. Its form parameters are not used: they write every file to the disk, also
 * those that nobody reads, know neither nested names nor fields that come as files, and don't name the field that is
 * too long. Nor are its decoders: they take each piece of a part for all of it.
 */
final class MultipartBody implements MultipartParser.PartHandler, BodyReader<MultipartBody.Form> {

    private static final Pattern BOUNDARY =
            Pattern.compile("(?i).*;\\s*boundary=(?:\"([^\"]{1,70})\"|([^\\s;\"]{1,70})).*");
    private static final Pattern PARAMETER =
            Pattern.compile("(?i);\\s*(name|filename\\*?)=(?:\"([^\"]*)\"|([^;\\s]*))");
    private static final int MAX_PARTS = 100;

    /** The most bytes that are no content of a part: its headers, which the parser keeps, and what is between parts. */
    private static final int MAX_WITHOUT_CONTENT = 16 * 1024;

    /** Of a body, parsed at once: so many more may be kept before that is found. */
    private static final int SLICE = 4 * 1024;

    private static final String ENCODING = "Content-Transfer-Encoding";

    /** The content of a form: fields, each as text or as an object of texts, and media by the name of their field. */
    record Form(JsonNode fields, Map<String, Upload> media) {}

    /** The part of a medium that is text: where the medium is, or all of it in base64. */
    private record Written(String name, UploadedFile file) {}

    /** The uses of a part's bytes. */
    private enum Kind {
        TEXT,
        MEDIUM,
        PASSED_OVER
    }

    private final FormFields fields = new FormFields();
    private final Map<String, Upload> media = new HashMap<>();
    private final List<Written> written = new ArrayList<>();
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private final int maxTextBytes;
    private final int maxMediaBytes;
    private final Spool spool;
    private final MultipartParser.ParseState state;
    private int textBytes;
    private int mediaBytes;
    private int parts;
    private int withoutContent;
    private PartDecoder decoder = PartDecoder.PLAIN;
    private @Nullable String name;
    private boolean isNamedFile;
    private Kind kind = Kind.PASSED_OVER;

    /**
     * Reads a form.
     *
     * @param contentType of the request, which names the boundary
     * @param spool where media go
     */
    MultipartBody(@Nullable String contentType, Spool spool, int maxTextBytes, int maxMediaBytes) {
        this.spool = spool;
        this.maxTextBytes = maxTextBytes;
        this.maxMediaBytes = maxMediaBytes;
        state = MultipartParser.beginParse(this, boundary(contentType).getBytes(ISO_8859_1), UTF_8.name());
    }

    private static String boundary(@Nullable String contentType) {
        Matcher boundary = BOUNDARY.matcher(contentType == null ? "" : contentType);
        if (!boundary.matches()) {
            throw ProblemException.badRequest("malformed_multipart", "Content-Type", "has no boundary");
        }
        return boundary.group(1) == null ? boundary.group(2) : boundary.group(1);
    }

    @Override
    public void take(byte[] bytes) {
        for (int from = 0; from < bytes.length; from += SLICE) {
            parse(ByteBuffer.wrap(bytes, from, Math.min(SLICE, bytes.length - from)));
        }
    }

    private void parse(ByteBuffer slice) {
        withoutContent += slice.remaining();
        try {
            state.parse(slice);
        } catch (ProblemException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The parser tells what it can't read by whatever its code runs into.
            throw malformed("the body is no multipart/form-data");
        }
        if (withoutContent > MAX_WITHOUT_CONTENT && !state.isComplete()) {
            throw malformed("the body has more than " + MAX_WITHOUT_CONTENT
                    + " bytes without content, such as the headers of a part");
        }
    }

    /** The form; a part that was passed over is an empty object. */
    @Override
    public Form finish() {
        if (!state.isComplete()) {
            throw malformed("the body ends before its last boundary");
        }
        written.forEach(text -> fields.put(text.name(), spool.text(text.file())));
        return new Form(fields.toJson(), media);
    }

    @Override
    public void beginPart(CaseInsensitiveMap<String> headers) {
        if (++parts > MAX_PARTS) {
            throw malformed("the body has more than " + MAX_PARTS + " parts");
        }
        withoutContent = 0;
        List<String> encodings = headers.remove(ENCODING);
        decoder = PartDecoder.of(encodings == null ? null : encodings.get(0));
        String disposition = headers.getFirst("Content-Disposition");
        String partName = null;
        boolean isFile = false;
        isNamedFile = false;
        Matcher parameter = PARAMETER.matcher(disposition == null ? "" : disposition);
        while (parameter.find()) {
            String found = parameter.group(2) == null ? parameter.group(3) : parameter.group(2);
            if (parameter.group(1).equalsIgnoreCase("name")) {
                partName = found;
            } else {
                isFile = true;
                isNamedFile |= !found.isEmpty();
            }
        }
        content.reset();
        name = partName;
        if (partName != null) {
            kind = VideoRequest.MEDIA.contains(partName) ? Kind.MEDIUM : isFile ? Kind.PASSED_OVER : Kind.TEXT;
            countText(partName.length());
        }
        if (partName != null && kind == Kind.MEDIUM) {
            spool.begin();
        }
    }

    @Override
    public void data(ByteBuffer buffer) {
        withoutContent = 0;
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        if (kind != Kind.PASSED_OVER && name != null) {
            append(name, decoder.next(bytes));
        }
    }

    private void append(String field, byte[] bytes) {
        if (kind == Kind.TEXT) {
            countText(bytes.length);
            content.writeBytes(bytes);
            return;
        }
        mediaBytes += bytes.length;
        if (mediaBytes > maxMediaBytes) {
            throw ProblemException.tooLarge(field, "pictures and video are longer than " + maxMediaBytes + " bytes");
        }
        spool.append(bytes);
    }

    private void countText(int bytes) {
        textBytes += bytes;
        if (textBytes > maxTextBytes) {
            throw ProblemException.tooLarge("the text fields of the body are longer than " + maxTextBytes + " bytes");
        }
        spool.countText(bytes);
    }

    @Override
    public void endPart() {
        withoutContent = 0;
        if (name == null) {
            return;
        }
        if (kind != Kind.PASSED_OVER) {
            append(name, decoder.end());
        }
        switch (kind) {
            case TEXT -> fields.put(name, StrictText.decode(content.toByteArray(), UTF_8, name));
            case MEDIUM -> endMedium(name, spool.end());
            case PASSED_OVER -> fields.passedOver(name);
        }
    }

    private void endMedium(String field, UploadedFile file) {
        if (!isNamedFile && file.bytes() == 0) {
            return;
        }
        if (!isNamedFile && isText(file.head())) {
            written.add(new Written(field, file));
        } else if (media.put(field, file) != null) {
            throw FormFields.givenTwice(field);
        }
    }

    /** Tells whether the part of a medium is no medium, but says where one is; no format begins like that. */
    private static boolean isText(byte[] bytes) {
        String head = new String(bytes, ISO_8859_1).stripLeading().toLowerCase(Locale.ROOT);
        return head.startsWith("{") || head.startsWith("data:") || head.startsWith("http");
    }

    private static ProblemException malformed(String detail) {
        return ProblemException.badRequest("malformed_multipart", detail);
    }
}
