package dev.galatea.decoding;

import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;

import dev.galatea.testsupport.StageArchitecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

class ArchitectureTest {

    private static final String BASE = "dev.galatea.decoding";
    private static final JavaClasses CLASSES = StageArchitecture.classesOf(BASE);

    @Test
    void tilingIsPureJava() {
        classes()
                .that()
                .resideInAPackage(BASE + ".tiling")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        BASE + ".tiling",
                        "dev.galatea.clips.frames",
                        "dev.galatea.model.failure",
                        "java..",
                        "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void clipKnowsTilesAndClipsOnly() {
        classes()
                .that()
                .resideInAPackage(BASE + ".clip")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        BASE + ".clip",
                        BASE + ".tiling",
                        "dev.galatea.clips",
                        "dev.galatea.clips.frames",
                        "dev.galatea.clips.upscaling",
                        "dev.galatea.clips.video",
                        "dev.galatea.model.failure",
                        "java..",
                        "org.jboss.logging..",
                        "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void onlyTheStageTouchesTheQueueAndTopics() {
        StageArchitecture.onlyTouchesQueueAndTopics("DecodingStage").check(CLASSES);
    }

    @Test
    void onlyTheAdapterTouchesOnnxRuntime() {
        StageArchitecture.onlyAdapterTouchesOnnxRuntime(BASE).check(CLASSES);
    }
}
