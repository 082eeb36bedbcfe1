package dev.galatea.text.cleaning;

import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import static dev.galatea.text.cleaning.CleaningTables.TABLES;

/** Character references of HTML 5, such as {@code &amp;} and {@code &#233;}. Thread-safe. */
final class HtmlReferences {

    private static final Pattern ANY = Pattern.compile("&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\\t\\n\\f <&#;]{1,32};?)");
    private static final Pattern CLOSED = Pattern.compile("&#?[0-9A-Za-z]{1,24};");
    private static final String REPLACEMENT = "\ufffd";
    /** Longer numbers are above all characters. */
    private static final int MAX_DIGITS = 12;

    private HtmlReferences() {}

    /** Replaces references as browsers do, those without a semicolon too; Python's {@code html.unescape}. */
    static String unescape(String text) {
        return text.indexOf('&') < 0
                ? text
                : ANY.matcher(text).replaceAll(match -> Matcher.quoteReplacement(anyReference(match.group(1))));
    }

    /** Replaces references that can be meant as nothing else, some in capitals too; ftfy's {@code unescape_html}. */
    static String unescapeClosed(String text) {
        return CLOSED.matcher(text).replaceAll(match -> Matcher.quoteReplacement(closedReference(match)));
    }

    private static String closedReference(MatchResult match) {
        String whole = match.group();
        String name = whole.substring(1);
        String known =
                TABLES.entities().getOrDefault(name, TABLES.capitalEntities().get(name));
        if (known != null) {
            return known;
        }
        if (!name.startsWith("#")) {
            return whole;
        }
        String unescaped = unescape(whole);
        return unescaped.contains(";") ? whole : unescaped;
    }

    private static String anyReference(String name) {
        if (name.startsWith("#")) {
            return number(name);
        }
        Map<String, String> entities = TABLES.entities();
        for (int end = name.length(); end > 1; end--) {
            String known = entities.get(name.substring(0, end));
            if (known != null) {
                return known + name.substring(end);
            }
        }
        return "&" + name;
    }

    private static String number(String reference) {
        String digits = reference.substring(1).replace(";", "").toLowerCase(Locale.ROOT);
        boolean hexadecimal = digits.startsWith("x");
        digits = (hexadecimal ? digits.substring(1) : digits).replaceFirst("^0+(?=.)", "");
        long number = digits.length() > MAX_DIGITS ? Long.MAX_VALUE : Long.parseLong(digits, hexadecimal ? 16 : 10);
        boolean valid = number <= Character.MAX_CODE_POINT;
        @Nullable String known = valid ? TABLES.invalidReferences().get((int) number) : null;
        if (known != null) {
            return known;
        }
        if (!valid || (number >= Character.MIN_SURROGATE && number <= Character.MAX_SURROGATE)) {
            return REPLACEMENT;
        }
        return TABLES.invalidCodePoints().contains((int) number) ? "" : Character.toString((int) number);
    }
}
