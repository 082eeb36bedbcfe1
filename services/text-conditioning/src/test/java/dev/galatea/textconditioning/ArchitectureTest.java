package dev.galatea.textconditioning;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

class ArchitectureTest {

    private static final String BASE = "dev.galatea.textconditioning";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(BASE);

    @Test
    void embeddingKnowsTheStoreOnly() {
        classes()
                .that()
                .resideInAPackage(BASE + ".embedding")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        BASE + ".embedding",
                        "dev.galatea.model..",
                        "dev.galatea.store",
                        "dev.galatea.model.failure",
                        "com.github.benmanes.caffeine..",
                        "java..",
                        "org.jboss.logging..",
                        "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void onlyTheEncoderTouchesModels() {
        noClasses()
                .that()
                .resideOutsideOfPackage(BASE + ".encoder")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnxruntime..", "ai.djl..", "dev.galatea.onnx")
                .check(CLASSES);
    }

    @Test
    void onlyTheStageTouchesChannels() {
        noClasses()
                .that()
                .doNotHaveSimpleName("TextConditioningStage")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.smallrye.reactive.messaging..", "org.eclipse.microprofile.reactive.messaging..")
                .check(CLASSES);
    }

    @Test
    void encoderAndEmbeddingKnowNothingOfTheStage() {
        noClasses()
                .that()
                .resideInAnyPackage(BASE + ".encoder", BASE + ".embedding")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(BASE, "dev.galatea.events", "dev.galatea.workqueue")
                .check(CLASSES);
    }
}
