package dev.galatea.encoding;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

class ArchitectureTest {

    private static final String BASE = "dev.galatea.encoding";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(BASE);

    @Test
    void mediaKnowNoModelsAndNoBeans() {
        classes()
                .that()
                .resideInAPackage(BASE + ".media")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        BASE + ".media", "dev.galatea.model.failure", "dev.galatea.media", "java..", "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void onlyTheStageTouchesTheQueueAndTopics() {
        noClasses()
                .that()
                .doNotHaveSimpleName("EncodingStage")
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
        noClasses()
                .that()
                .resideOutsideOfPackage(BASE + ".onnx")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnxruntime..", "dev.galatea.onnx")
                .check(CLASSES);
    }
}
