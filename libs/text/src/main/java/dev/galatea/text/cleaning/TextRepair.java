package dev.galatea.text.cleaning;

import java.text.Normalizer;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import static dev.galatea.text.cleaning.CleaningTables.TABLES;

/** Repairs text that programs have garbled, line by line; ftfy's {@code fix_text} as it is by default. Thread-safe. */
final class TextRepair {

    private static final Pattern DOUBLE_QUOTE = Pattern.compile("[\u201c-\u201f]");
    private static final Pattern SINGLE_QUOTE = Pattern.compile("[\u02bc\u2018-\u201b]");
    private static final Pattern LINE_BREAK = Pattern.compile("\r\n|[\r\u2028\u2029\u0085]");
    private static final Pattern LONE_SURROGATE = Pattern.compile("[\ud800-\udfff]");
    private static final Pattern TERMINAL_ESCAPE = Pattern.compile("\u001b\\[[\\p{Nd};]*[a-zA-Z]");
    private static final Pattern CONTROL =
            Pattern.compile("[\u0000-\u0008\u000b\u000e-\u001f\u007f\u206a-\u206f\ufeff\ufff9-\ufffc]");

    private TextRepair() {}

    /** The repaired text. References of HTML are replaced up to the first line with a {@code <}, as in HTML itself. */
    static String repair(String text) {
        StringBuilder repaired = new StringBuilder(text.length());
        boolean references = true;
        int position = 0;
        while (position < text.length()) {
            int end = text.indexOf('\n', position) + 1;
            String line = text.substring(position, end == 0 ? text.length() : end);
            references &= line.indexOf('<') < 0;
            repaired.append(repairLine(line, references));
            position += line.length();
        }
        return repaired.toString();
    }

    private static String repairLine(String line, boolean references) {
        String before;
        String after = line;
        do {
            before = after;
            after = Mojibake.undo(references ? HtmlReferences.unescapeClosed(before) : before);
            after = replaceCharacters(Mojibake.replaceC1Controls(after));
            after = Normalizer.normalize(after, Normalizer.Form.NFC);
        } while (!after.equals(before));
        return after;
    }

    private static String replaceCharacters(String text) {
        String replaced = translate(translate(text, TABLES.ligatures()), TABLES.widths());
        replaced = DOUBLE_QUOTE.matcher(replaced).replaceAll("\"");
        replaced = SINGLE_QUOTE.matcher(replaced).replaceAll("'");
        replaced = LINE_BREAK.matcher(replaced).replaceAll("\n");
        replaced = LONE_SURROGATE.matcher(replaced).replaceAll("\ufffd");
        replaced = TERMINAL_ESCAPE.matcher(replaced).replaceAll("");
        return CONTROL.matcher(replaced).replaceAll("");
    }

    private static String translate(String text, Map<String, String> table) {
        return text.chars()
                .mapToObj(c -> String.valueOf((char) c))
                .map(character -> table.getOrDefault(character, character))
                .collect(Collectors.joining());
    }
}
