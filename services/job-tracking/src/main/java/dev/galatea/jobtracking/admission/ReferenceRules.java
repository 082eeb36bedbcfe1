package dev.galatea.jobtracking.admission;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.ReferenceAccess;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.id.JobId;
import dev.galatea.model.tensor.ObjectRef;

/** Checks of the image or video that a clip is to start from, against what the model can take. */
final class ReferenceRules {

    private static final int MAX_URL = 2048;
    private static final String LAST_FRAME = ReferenceMedia.Role.LAST_FRAME.wireName();

    private ReferenceRules() {}

    static void check(JobId job, @Nullable ReferenceMedia reference, Model model) throws RefusedException {
        List<String> possible = model.manifest().references();
        if (reference == null) {
            requireNone(possible, model);
            return;
        }
        String role = reference.role().wireName();
        if (!possible.contains(role)) {
            throw new RefusedException(
                    "reference_not_supported",
                    "reference.role",
                    "model '" + model.name() + "' can't make a clip from '" + role + "'; valid "
                            + (possible.isEmpty() ? "is no reference" : "are " + String.join(", ", possible)));
        }
        checkLastFrame(reference, possible, model);
        checkObject("reference.object", job, reference.object());
        checkObject("reference.lastFrame", job, reference.lastFrame());
        checkUrl("reference.url", reference.url());
        checkUrl("reference.lastFrameUrl", reference.lastFrameUrl());
        checkStrength(reference);
    }

    private static void requireNone(List<String> possible, Model model) throws RefusedException {
        if (model.manifest().referenceRequired()) {
            throw new RefusedException(
                    "reference_required",
                    "reference",
                    "is missing; model '" + model.name() + "' makes no clip of text alone; valid "
                            + (possible.size() == 1 ? "is " : "are ") + String.join(", ", possible));
        }
    }

    private static void checkLastFrame(ReferenceMedia reference, List<String> possible, Model model)
            throws RefusedException {
        if (reference.end() == null) {
            return;
        }
        if (reference.role() != ReferenceMedia.Role.FIRST_FRAME || !possible.contains(LAST_FRAME)) {
            throw new RefusedException(
                    "reference_not_supported",
                    "reference.lastFrame",
                    "model '" + model.name() + "' can't take it with the role '"
                            + reference.role().wireName() + "'; valid is none"
                            + (possible.contains(LAST_FRAME) ? ", or the role first_frame" : ""));
        }
    }

    private static void checkObject(String field, JobId job, @Nullable ObjectRef object) throws RefusedException {
        if (object != null && !ReferenceAccess.isAllowed(job, object)) {
            throw new RefusedException(ReferenceAccess.CODE, field, ReferenceAccess.PROBLEM);
        }
    }

    /** Checks the form of an address; the encoding stage checks that it is public when it looks it up. */
    private static void checkUrl(String field, @Nullable String url) throws RefusedException {
        if (url != null && !isHttps(url)) {
            throw new RefusedException(
                    "invalid_reference_url",
                    field,
                    "is not valid; valid is https://HOST/…, without user info and fragment, of up to " + MAX_URL
                            + " characters");
        }
    }

    private static boolean isHttps(String text) {
        try {
            URI url = new URI(text);
            return text.length() <= MAX_URL
                    && "https".equalsIgnoreCase(url.getScheme())
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static void checkStrength(ReferenceMedia reference) throws RefusedException {
        Double strength = reference.strength();
        if (strength == null) {
            return;
        }
        if (reference.role() != ReferenceMedia.Role.VIDEO) {
            throw new RefusedException(
                    "invalid_strength",
                    "reference.strength",
                    strength + " is for videos; valid is none with the role '"
                            + reference.role().wireName() + "'");
        }
        if (!(strength > 0 && strength <= 1)) {
            throw new RefusedException(
                    "invalid_strength",
                    "reference.strength",
                    strength + " is not valid; valid are numbers over 0 up to 1");
        }
    }
}
