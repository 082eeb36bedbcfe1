package dev.galatea.gateway.api;

import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.galatea.gateway.problem.ProblemException;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Reads {@code application/x-www-form-urlencoded}, which {@code curl -d} and most HTTP libraries send by default. */
final class UrlEncodedBody {

    private static final int MAX_FIELDS = 100;
    private static final Pattern CHARSET = Pattern.compile("(?i);\\s*charset=\"?([^\\s;\"]{1,40})");

    private UrlEncodedBody() {}

    /** The fields of a body, in the charset that the type says, or else in UTF-8. */
    static ObjectNode read(String contentType, byte[] body) {
        Charset charset = charset(contentType);
        String text = new String(body, charset);
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
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals), charset);
            fields.put(name, equals < 0 ? "" : decoded(pair.substring(equals + 1), charset));
        }
        return fields.toJson();
    }

    private static Charset charset(String contentType) {
        Matcher named = CHARSET.matcher(contentType);
        try {
            return named.find() ? Charset.forName(named.group(1)) : UTF_8;
        } catch (IllegalArgumentException e) {
            throw ProblemException.badRequest(
                    "malformed_form", "Content-Type", "names a charset that is not known; valid is UTF-8");
        }
    }

    private static String decoded(String text, Charset charset) {
        try {
            return URLDecoder.decode(text, charset);
        } catch (IllegalArgumentException e) {
            throw ProblemException.badRequest(
                    "malformed_form", "the body has a % that two hexadecimal digits don't follow");
        }
    }
}
