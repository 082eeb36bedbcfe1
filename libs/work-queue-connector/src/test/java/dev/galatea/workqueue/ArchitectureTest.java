package dev.galatea.workqueue;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

@AnalyzeClasses(packages = "dev.galatea.workqueue", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule A_LIBRARY_FOR_ANYBODY = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackages("io.quarkus..", "dev.galatea.model..", "dev.galatea.events..")
            .andShould()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "jakarta..",
                    "org.eclipse.microprofile..",
                    "org.apache.kafka..",
                    "org.jboss.logging..",
                    "org.jspecify..",
                    "io.smallrye..",
                    "io.vertx..",
                    "io.micrometer..",
                    "dev.galatea.workqueue..");
}
