package dev.galatea.gateway.api;

import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.galatea.gateway.problem.ProblemException;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/** Reads {@code application/x-www-form-urlencoded}, which {@code curl -d} and most HTTP libraries send by default. */
final class UrlEncodedBody {

    private static final int MAX_FIELDS = 100;
    private static final Pattern CHARSET = Pattern.compile("(?i);\\s*charset=\"?([^\\s;\"]{1,40})");

    private UrlEncodedBody() {}

    /** The fields of a body, in the charset that the type says, or else in UTF-8. */
    static ObjectNode read(String contentType, byte[] body) {
        Charset charset = charset(contentType);
        String text = new String(body, ISO_8859_1); // a character for each byte, until all of a value are known
        if (text.stripLeading().startsWith("{")) {
            throw ProblemException.badRequest(
                    "malformed_form",
                    "Content-Type",
                    "is that of a form, but the body is JSON; valid is application/json");
        }
        FormFields fields = new FormFields();
        int count = 0;
        for (String pair : text.strip().split("&")) {
            if (pair.isEmpty()) {
                continue;
            }
            if (++count > MAX_FIELDS) {
                throw ProblemException.badRequest("malformed_form", "the body has more than " + MAX_FIELDS + " fields");
            }
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals), charset, "the name of a field");
            fields.put(name, equals < 0 ? "" : decoded(pair.substring(equals + 1), charset, name));
        }
        return fields.toJson();
    }

    private static Charset charset(String contentType) {
        Matcher named = CHARSET.matcher(contentType);
        if (!named.find()) {
            return UTF_8;
        }
        try {
            Charset charset = Charset.forName(named.group(1));
            if (charset.newEncoder().canEncode('=') && "=".getBytes(charset).length == 1) {
                return charset;
            }
        } catch (IllegalArgumentException | UnsupportedOperationException e) {
            // Answered below, like a charset that can't be a form's.
        }
        throw ProblemException.badRequest(
                "malformed_form", "Content-Type", "names a charset that is not known; valid is UTF-8");
    }

    private static String decoded(String text, Charset charset, String field) {
        try {
            return StrictText.decode(URLDecoder.decode(text, ISO_8859_1).getBytes(ISO_8859_1), charset, field);
        } catch (IllegalArgumentException e) {
            throw ProblemException.badRequest(
                    "malformed_form", "the body has a % that two hexadecimal digits don't follow");
        }
    }
}
