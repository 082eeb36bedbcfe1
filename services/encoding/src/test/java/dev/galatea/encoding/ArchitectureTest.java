package dev.galatea.encoding;

import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;

import dev.galatea.testsupport.StageArchitecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

class ArchitectureTest {

    private static final String BASE = "dev.galatea.encoding";
    private static final JavaClasses CLASSES = StageArchitecture.classesOf(BASE);

    @Test
    void mediaKnowNoModelsAndNoBeans() {
        classes()
                .that()
                .resideInAPackage(BASE + ".media")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        BASE + ".media",
                        "dev.galatea.model.failure",
                        "dev.galatea.model.media",
                        "dev.galatea.media",
                        "java..",
                        "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void onlyTheStageTouchesTheQueueAndTopics() {
        StageArchitecture.onlyTouchesQueueAndTopics("EncodingStage").check(CLASSES);
    }

    @Test
    void onlyTheFetcherKnowsHttpClients() {
        noClasses()
                .that()
                .resideOutsideOfPackage(BASE + ".http")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("okhttp3..", "dev.galatea.guardedhttp")
                .check(CLASSES);
    }

    @Test
    void onlyTheAdapterTouchesOnnxRuntime() {
        StageArchitecture.onlyAdapterTouchesOnnxRuntime(BASE).check(CLASSES);
    }
}
