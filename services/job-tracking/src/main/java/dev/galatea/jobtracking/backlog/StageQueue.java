package dev.galatea.jobtracking.backlog;

import dev.galatea.model.pipeline.StageDefinition;

/**
 * The queue that a stage takes its work from.
 *
 * @param group the workers' group
 * @param shared true if that is a share group; else it is a classic one
 */
record StageQueue(StageDefinition definition, String group, boolean shared) {

    /** The topic of the stage's input. */
    String topic() {
        return definition.input().topic();
    }
}
