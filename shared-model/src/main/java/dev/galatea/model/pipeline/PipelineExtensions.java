package dev.galatea.model.pipeline;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/** Finds the stages that are added by modules on the class path. */
final class PipelineExtensions {

    private PipelineExtensions() {}

    /** Applies all extensions, in the order of their class names, so that every process has the same pipeline. */
    static Pipeline extend(Pipeline base) {
        List<PipelineExtension> extensions = ServiceLoader.load(PipelineExtension.class, loader()).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(extension -> extension.getClass().getName()))
                .toList();
        Pipeline pipeline = base;
        for (PipelineExtension extension : extensions) {
            pipeline = extension.extend(pipeline);
        }
        return pipeline;
    }

    /**
     * The thread's class loader where it sees this interface: an application server may load the application's classes
     * by another loader than its libraries'.
     */
    private static ClassLoader loader() {
        ClassLoader own = PipelineExtension.class.getClassLoader();
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        try {
            boolean sees = context != null
                    && Class.forName(PipelineExtension.class.getName(), false, context) == PipelineExtension.class;
            return sees ? context : own;
        } catch (ClassNotFoundException e) {
            return own;
        }
    }
}
