package dev.galatea.model.event;

/**
 * Why a job, or one attempt at a stage, did not succeed.
 *
 * @param code stable, for programs: lower-case words joined by underscores, such as {@code invalid_size}
 * @param message for people: names the field, the value and what would be valid; never contains a prompt
 */
public record Failure(FailureCause cause, String code, String message) {

    public Failure {
        Fields.require("failure.cause", cause);
        Fields.require("failure.code", code);
        Fields.require("failure.message", message);
    }
}
