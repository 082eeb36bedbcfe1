package dev.galatea.webhooks;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "dev.galatea.webhooks", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule deliveriesKnowNothingOfHttp = noClasses()
            .that()
            .resideInAPackage("..webhooks.delivery..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "okhttp3..", "jakarta..", "com.standardwebhooks..", "..webhooks.http..", "..webhooks.log..");

    @ArchTest
    static final ArchRule onlyAttemptsKnowHttpClients = noClasses()
            .that()
            .resideOutsideOfPackage("..webhooks.http..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("okhttp3..", "com.standardwebhooks..");

    @ArchTest
    static final ArchRule attemptsKnowNothingOfKafka = noClasses()
            .that()
            .resideInAPackage("..webhooks.http..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..");
}
