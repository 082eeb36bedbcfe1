package dev.galatea.model.architecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** Plain Java: what every service and any client can depend on without taking a framework with it. */
@AnalyzeClasses(packages = "dev.galatea.model", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule DEPENDS_ON_NOTHING_BUT_JSON_AND_UUIDS = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.galatea.model..",
                    "java..",
                    "com.fasterxml.jackson..",
                    "com.fasterxml.uuid..",
                    "org.jspecify.annotations..")
            .because("Quarkus, Kafka, ONNX Runtime and the store's client belong to the services");

    @ArchTest
    static final ArchRule ARROWS = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("id")
            .definedBy("dev.galatea.model.id..")
            .layer("tensor")
            .definedBy("dev.galatea.model.tensor..")
            .layer("event")
            .definedBy("dev.galatea.model.event..")
            .layer("bundle")
            .definedBy("dev.galatea.model.bundle..")
            .whereLayer("event")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("bundle")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("tensor")
            .mayOnlyBeAccessedByLayers("event")
            .whereLayer("id")
            .mayOnlyBeAccessedByLayers("tensor", "event", "bundle");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("dev.galatea.model.(*)..").should().beFreeOfCycles();
}
