package dev.galatea.clips;

import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;

import dev.galatea.testsupport.StageArchitecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

class ArchitectureTest {

    private static final String BASE = "dev.galatea.clips";
    private static final JavaClasses CLASSES = StageArchitecture.classesOf(BASE);

    @Test
    void framesAndUpscalingArePureJava() {
        classes()
                .that()
                .resideInAnyPackage(BASE + ".frames", BASE + ".upscaling")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        BASE + ".frames", BASE + ".upscaling", "dev.galatea.model.failure", "java..", "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void videoKnowsNoModelsAndNoBeans() {
        classes()
                .that()
                .resideInAPackage(BASE + ".video")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        BASE + ".video",
                        BASE + ".frames",
                        "dev.galatea.model.failure",
                        "dev.galatea.media",
                        "java..",
                        "javax.imageio..",
                        "io.smallrye.config",
                        "org.jboss.logging..",
                        "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void onlyTheAdapterTouchesOnnxRuntime() {
        StageArchitecture.onlyAdapterTouchesOnnxRuntime(BASE).check(CLASSES);
    }
}
