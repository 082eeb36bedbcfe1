package dev.galatea.gateway.api;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.problem.ProblemException;

/**
 * One range of bytes, as RFC 9110 (section 14) has them.
 *
 * @param first offset of the first byte
 * @param length at least 1
 */
record ByteRange(long first, long length) {

    private static final Pattern SINGLE = Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*");

    /**
     * The range that a header asks for.
     *
     * @return empty if the whole object is to be sent: no header, another unit, several ranges, or a malformed header
     * @throws ProblemException if the range lies outside of the object
     */
    static Optional<ByteRange> parse(@Nullable String header, long total) {
        Matcher matcher = SINGLE.matcher(header == null ? "" : header);
        if (!matcher.matches() || matcher.group(1).isEmpty() && matcher.group(2).isEmpty()) {
            return Optional.empty();
        }
        if (matcher.group(1).isEmpty()) {
            long suffix = Math.min(total, Long.parseLong(matcher.group(2)));
            return Optional.of(checked(total - suffix, total - 1, total));
        }
        long first = Long.parseLong(matcher.group(1));
        long last = matcher.group(2).isEmpty() ? total - 1 : Long.parseLong(matcher.group(2));
        if (!matcher.group(2).isEmpty() && last < first) {
            return Optional.empty();
        }
        return Optional.of(checked(first, Math.min(last, total - 1), total));
    }

    private static ByteRange checked(long first, long last, long total) {
        if (first >= total || last < first) {
            throw ProblemException.rangeNotSatisfiable(
                    "Range: starts at byte " + first + "; valid are 0 to " + (total - 1), total);
        }
        return new ByteRange(first, last - first + 1);
    }

    /** The Content-Range header of the answer. */
    String contentRange(long total) {
        return "bytes " + first + "-" + (first + length - 1) + "/" + total;
    }
}
