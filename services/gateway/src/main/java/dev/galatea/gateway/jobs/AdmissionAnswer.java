package dev.galatea.gateway.jobs;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.JobState;

/**
 * The answer to a prompt.
 *
 * @param state of the job, if there is one by now
 * @param isForgotten true if the prompt's id is that of a job that was done and is forgotten, so that there will be no
 *     state
 */
public record AdmissionAnswer(@Nullable JobState state, boolean isForgotten) {

    /** There is no answer yet. */
    public static final AdmissionAnswer NONE = new AdmissionAnswer(null, false);

    /** The answer that a state is. */
    public static AdmissionAnswer of(JobState state) {
        return new AdmissionAnswer(state, false);
    }
}
