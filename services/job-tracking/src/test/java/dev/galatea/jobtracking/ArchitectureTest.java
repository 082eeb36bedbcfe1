package dev.galatea.jobtracking;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

@AnalyzeClasses(packages = "dev.galatea.jobtracking", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule admissionIsPure = classes()
            .that()
            .resideInAPackage("..jobtracking.admission..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "dev.galatea.model..", "..jobtracking.admission..");

    @ArchTest
    static final ArchRule trackingIsPure = classes()
            .that()
            .resideInAPackage("..jobtracking.tracking..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "dev.galatea.model..",
                    "..jobtracking.admission..",
                    "..jobtracking.tracking..");

    @ArchTest
    static final ArchRule onlyTopologyAndBacklogKnowKafka = classes()
            .that()
            .resideOutsideOfPackages("..jobtracking.topology..", "..jobtracking.backlog..")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackage("org.apache.kafka..");
}
