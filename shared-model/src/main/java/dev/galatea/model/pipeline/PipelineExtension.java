package dev.galatea.model.pipeline;

/**
 * Adds stages to the pipeline; found by {@link java.util.ServiceLoader}. Every service that has the stage's module on
 * its class path sees the stage: its own, which runs it, and job-tracking and the gateway, which account for it.
 */
public interface PipelineExtension {

    /**
     * Returns the pipeline with the stages that this extension adds.
     *
     * @param base the built-in pipeline with the extensions before this one, which are in the order of their class
     *     names
     */
    Pipeline extend(Pipeline base);
}
