package dev.galatea.text.cleaning;

import java.util.regex.Pattern;

import dev.galatea.model.bundle.BundleManifest.Cleaning;

/** Cleans prompts as the pipeline does that a model was trained with. Thread-safe. */
public final class PromptCleaning {

    /** What Python takes for white space. */
    private static final Pattern SPACES =
            Pattern.compile("[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+");

    private PromptCleaning() {}

    /** The text that the tokenizer gets. */
    public static String clean(Cleaning cleaning, String prompt) {
        return switch (cleaning) {
            case NONE -> prompt;
            case WAN -> wan(prompt);
        };
    }

    /** As {@code prompt_clean} of diffusers' pipeline_wan.py does. */
    private static String wan(String prompt) {
        String text = HtmlReferences.unescape(HtmlReferences.unescape(TextRepair.repair(prompt)));
        return strip(SPACES.matcher(text).replaceAll(" "));
    }

    private static String strip(String text) {
        int start = text.startsWith(" ") ? 1 : 0;
        int end = text.endsWith(" ") && text.length() > start ? text.length() - 1 : text.length();
        return text.substring(start, end);
    }
}
