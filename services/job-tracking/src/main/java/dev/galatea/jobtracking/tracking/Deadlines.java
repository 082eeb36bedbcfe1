package dev.galatea.jobtracking.tracking;

import java.time.Duration;

import dev.galatea.model.event.EncodingRequested;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.Stage;

/**
 * How long a job may go without news.
 *
 * @param waiting for a stage to take it
 * @param retries how often a stage's input is published again before the job expires
 */
public record Deadlines(
        Duration waiting, Duration textConditioning, Duration denoising, Duration decoding, int retries) {

    /** Whether an event hands a job to a stage. */
    public static boolean isHandover(Event event) {
        return event instanceof JobAccepted
                || event instanceof EncodingRequested
                || event instanceof PromptConditioned
                || event instanceof LatentsDenoised;
    }

    /** The stage that an event hands a job to. */
    public static Stage stageAfter(Event handover) {
        if (handover instanceof JobAccepted) {
            return Stage.TEXT_CONDITIONING;
        }
        if (handover instanceof EncodingRequested) {
            return Stage.ENCODING;
        }
        if (handover instanceof PromptConditioned) {
            return Stage.DENOISING;
        }
        if (handover instanceof LatentsDenoised) {
            return Stage.DECODING;
        }
        throw new IllegalArgumentException("handover: " + handover.getClass().getSimpleName() + " is none");
    }

    /** How long this job may be silent now that it was handed to {@code stage}. */
    public Duration of(JobState job, Stage stage) {
        boolean taken = job.stages().stream().anyMatch(state -> state.stage() == stage && state.attempts() > 0);
        if (!taken) {
            return waiting;
        }
        return switch (stage) {
            case ADMISSION, TEXT_CONDITIONING, ENCODING -> textConditioning;
            case DENOISING -> denoising;
            case DECODING -> decoding;
        };
    }
}
