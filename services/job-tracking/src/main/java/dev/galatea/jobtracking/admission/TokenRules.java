package dev.galatea.jobtracking.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.JobWarning;
import dev.galatea.model.event.PromptSubmitted;

/** Finds texts of a prompt that the model does not read to their end, and warns of them or refuses them. */
final class TokenRules {

    private final Model model;
    private final boolean mayTruncate;
    private final List<JobWarning> warnings = new ArrayList<>();

    private TokenRules(Model model, boolean mayTruncate) {
        this.model = model;
        this.mayTruncate = mayTruncate;
    }

    /** The warnings about a prompt's texts; refuses it instead if it says that they must not be cut. */
    static List<JobWarning> check(PromptSubmitted prompt, Model model) throws RefusedException {
        TokenRules rules = new TokenRules(model, !Boolean.FALSE.equals(prompt.truncate()));
        rules.check("prompt", prompt.prompt(), "prompt_too_long");
        rules.check("negativePrompt", prompt.settings().negativePrompt(), "invalid_negative_prompt");
        return rules.warnings;
    }

    private void check(String field, @Nullable String text, String code) throws RefusedException {
        Optional<PromptReader.Unread> found =
                text == null ? Optional.empty() : model.reader().unread(text);
        if (found.isEmpty()) {
            return;
        }
        PromptReader.Unread unread = found.get();
        if (!mayTruncate) {
            throw new RefusedException(
                    code,
                    field,
                    "has " + unread.tokens() + " tokens; valid are up to " + unread.read() + " for model '"
                            + model.name() + "', or more without truncate: false");
        }
        warnings.add(new JobWarning(
                JobWarning.PROMPT_TRUNCATED,
                field + ": has " + unread.tokens() + " tokens, of which model '" + model.name() + "' reads the first "
                        + unread.read(),
                field,
                unread.kept()));
    }
}
