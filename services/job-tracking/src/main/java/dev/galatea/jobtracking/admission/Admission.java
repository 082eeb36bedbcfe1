package dev.galatea.jobtracking.admission;

import java.util.List;

import dev.galatea.model.event.Failure;
import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobWarning;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.RequestFields;
import dev.galatea.model.event.UnknownFields;

/**
 * Accepts or refuses submitted prompts and fills in the model's defaults. A pure function of prompt and catalogue: the
 * same prompt always gets the same answer. Nothing else applies defaults or checks limits. Thread-safe.
 *
 * <p>Refusals have stable codes: {@code empty_prompt}, {@code prompt_too_long}, {@code invalid_prompt},
 * {@code invalid_negative_prompt}, {@code unknown_model}, {@code invalid_size}, {@code invalid_frames},
 * {@code invalid_seconds}, {@code frames_and_seconds}, {@code invalid_fps}, {@code invalid_steps},
 * {@code invalid_guidance}, {@code invalid_scheduler}, {@code reference_not_supported}, {@code reference_required},
 * {@code invalid_reference_url}, {@code reference_not_available}, {@code invalid_strength}, {@code budget_exceeded},
 * {@code unsupported_field}.
 */
public final class Admission {

    private static final int MAX_ECHO = 64;

    private final ModelCatalogue catalogue;
    private final long maxPixelSteps;

    /** @param maxPixelSteps most frames × width × height × steps of one job */
    public Admission(ModelCatalogue catalogue, long maxPixelSteps) {
        this.catalogue = catalogue;
        this.maxPixelSteps = maxPixelSteps;
    }

    /** Decides about one prompt; never throws, whatever the values are. */
    public Decision decide(PromptSubmitted prompt) {
        try {
            return resolve(prompt);
        } catch (RefusedException e) {
            return new Decision.Refused(e.toFailure());
        }
    }

    /** The refusal of a prompt with a field that prompts don't have: it would be without effect. */
    public static Failure unsupported(String field) {
        String valid = RequestFields.all().stream()
                .filter(known -> known.httpName().equals(field))
                .map(known -> "valid is " + known.name())
                .findFirst()
                .orElseGet(() -> "valid are " + String.join(", ", UnknownFields.known()));
        return Failure.invalid(
                "unsupported_field",
                UntrustedText.presentable(field, MAX_ECHO),
                "is not a field of prompts, and would be without effect; " + valid);
    }

    /** The model's name as it is shown for a job: the one that was asked for, or the default. */
    public String modelName(PromptSubmitted prompt) {
        String asked = prompt.settings().model();
        return asked == null ? catalogue.defaultName() : UntrustedText.presentable(asked, MAX_ECHO);
    }

    private Decision resolve(PromptSubmitted prompt) throws RefusedException {
        Model model = model(prompt);
        SettingsRules rules = new SettingsRules(model, maxPixelSteps);
        rules.checkPrompt(prompt.prompt());
        rules.checkNegativePrompt(prompt.settings().negativePrompt());
        ReferenceRules.check(prompt.jobId(), prompt.settings().reference(), model);
        GenerationSettings asked = prompt.settings().withFrames(ClipLength.of(prompt, model));
        GenerationSettings settings = asked.orElse(Defaults.of(model, prompt.jobId(), asked.scheduler()));
        rules.check(settings);
        List<JobWarning> warnings = TokenRules.check(prompt, model);
        int scale = rules.scale(settings);
        return new Decision.Accepted(
                new JobSpec(prompt.prompt(), settings, model.digest(), model.pool(), scale == 1 ? null : scale),
                warnings);
    }

    private Model model(PromptSubmitted prompt) throws RefusedException {
        return catalogue
                .find(prompt.settings().model())
                .orElseThrow(() -> new RefusedException(
                        "unknown_model",
                        "model",
                        "'" + modelName(prompt) + "' is not served; valid are "
                                + String.join(", ", catalogue.names())));
    }
}
