package dev.galatea.jobtracking.backlog;

import dev.galatea.model.pipeline.StageDefinition;

/**
 * Where a stage takes its work from.
 *
 * @param group the workers' group
 * @param shared whether that is a share group; else a classic one
 */
record StageQueue(StageDefinition definition, String group, boolean shared) {

    /** The topic of the stage's input. */
    String topic() {
        return definition.input().topic();
    }
}
