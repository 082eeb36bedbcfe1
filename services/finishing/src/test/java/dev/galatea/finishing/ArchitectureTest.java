package dev.galatea.finishing;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

class ArchitectureTest {

    private static final String BASE = "dev.galatea.finishing";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(BASE);

    @Test
    void clipKnowsFramesAndVideoOnly() {
        classes()
                .that()
                .resideInAPackage(BASE + ".clip")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        BASE + ".clip",
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
        noClasses()
                .that()
                .doNotHaveSimpleName("FinishingStage")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.galatea.workqueue",
                        "dev.galatea.events",
                        "org.apache.kafka..",
                        "io.smallrye.reactive.messaging..",
                        "org.eclipse.microprofile.reactive.messaging..")
                .check(CLASSES);
    }

    @Test
    void onlyTheAdapterTouchesOnnxRuntime() {
        noClasses()
                .that()
                .resideOutsideOfPackage(BASE + ".onnx")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnxruntime..", "dev.galatea.onnx")
                .check(CLASSES);
    }
}
