package dev.galatea.gateway;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "dev.galatea.gateway", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule jobsKnowNothingOfHttp = noClasses()
            .that()
            .resideInAPackage("..gateway.jobs..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jakarta.ws.rs..", "..gateway.api..", "..gateway.problem..");

    @ArchTest
    static final ArchRule problemsKnowNothingOfVideos = noClasses()
            .that()
            .resideInAPackage("..gateway.problem..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..gateway.api..", "..gateway.jobs..", "dev.galatea.model..");

    @ArchTest
    static final ArchRule onlyJobsKnowStreams = noClasses()
            .that()
            .resideOutsideOfPackage("..gateway.jobs..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka.streams..", "org.apache.kafka.clients..");
}
