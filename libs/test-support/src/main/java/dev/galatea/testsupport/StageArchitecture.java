package dev.galatea.testsupport;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** What holds of every module that runs models, or is a stage. */
public final class StageArchitecture {

    private StageArchitecture() {}

    /** The classes of a module, without its tests. */
    public static JavaClasses classesOf(String base) {
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(base);
    }

    /** Only the class of this simple name touches the work queue and topics. */
    public static ArchRule onlyTouchesQueueAndTopics(String stage) {
        return noClasses()
                .that()
                .doNotHaveSimpleName(stage)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.galatea.workqueue",
                        "dev.galatea.events",
                        "org.apache.kafka..",
                        "io.smallrye.reactive.messaging..",
                        "org.eclipse.microprofile.reactive.messaging..");
    }

    /** Only the package {@code onnx} of a module touches ONNX Runtime. */
    public static ArchRule onlyAdapterTouchesOnnxRuntime(String base) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(base + ".onnx")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnxruntime..", "dev.galatea.onnx");
    }
}
