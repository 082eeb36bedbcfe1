package dev.galatea.jobtracking.backlog;

import java.util.Collection;
import java.util.List;

import dev.galatea.model.event.Pool;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

/**
 * The queue that workers of a stage take their work from.
 *
 * @param pool the pool of the workers
 * @param group the workers' group
 * @param shared true if that is a share group; else it is a classic one
 */
record StageQueue(StageDefinition definition, Pool pool, String group, boolean shared) {

    /**
     * The queues of all stages and pools.
     *
     * @param share whether queues are share groups
     */
    static List<StageQueue> all(Pipeline pipeline, Collection<Pool> pools, boolean share) {
        return pipeline.stages().stream()
                .flatMap(stage -> pools.stream()
                        .map(stage::poolFor)
                        .distinct()
                        .map(pool -> new StageQueue(stage, pool, stage.group(pool), share && stage.isQueued())))
                .toList();
    }

    /** The topic of the stage's input. */
    String topic() {
        return definition.topic(pool);
    }
}
