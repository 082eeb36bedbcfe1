package dev.galatea.gateway.api;

import dev.galatea.gateway.jobs.RemainingWork;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageState;

/** How much of a job is done: stages count by how long they usually take. 100 is for completed jobs alone. */
final class Percent {

    private Percent() {}

    static int of(JobState state) {
        if (state.status() == JobStatus.COMPLETED) {
            return 100;
        }
        double percent = 0;
        for (StageState stage : state.stages()) {
            percent += weight(stage.stage()) * RemainingWork.share(state, stage.stage());
        }
        return (int) Math.min(99, percent);
    }

    /** @param share of the stage that is done, 0 to 1; the stages before it are */
    static int of(Stage stage, double share) {
        double percent = weight(stage) * share;
        for (Stage before : Stage.values()) {
            percent += before.compareTo(stage) < 0 && before != Stage.ENCODING ? weight(before) : 0;
        }
        return (int) Math.min(99, percent);
    }

    private static double weight(Stage stage) {
        return switch (stage) {
            case ADMISSION -> 0;
            case TEXT_CONDITIONING -> 3;
            case ENCODING -> 2;
            case DENOISING -> 80;
            case DECODING -> 15;
        };
    }
}
