package dev.galatea.clips;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

class ArchitectureTest {

    private static final String BASE = "dev.galatea.clips";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(BASE);

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
        noClasses()
                .that()
                .resideOutsideOfPackage(BASE + ".onnx")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnxruntime..", "dev.galatea.onnx")
                .check(CLASSES);
    }
}
