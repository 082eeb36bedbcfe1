package dev.galatea.plumbing;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** Each adapter keeps its technology to itself, so that a stage may use one without the others. */
@AnalyzeClasses(packages = "dev.galatea.plumbing", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule ONLY_THE_STORE_KNOWS_ITS_CLIENT = noClasses()
            .that()
            .resideOutsideOfPackage("..plumbing.store..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.minio..");

    @ArchTest
    static final ArchRule ONLY_THE_STORE_AND_CALLS_KNOW_HTTP_CLIENTS = noClasses()
            .that()
            .resideOutsideOfPackages("..plumbing.store..", "..plumbing.http..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("okhttp3..");

    @ArchTest
    static final ArchRule ONLY_THE_RUNTIME_ADAPTER_KNOWS_ONNX_RUNTIME = noClasses()
            .that()
            .resideOutsideOfPackage("..plumbing.onnx..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.onnxruntime..");

    @ArchTest
    static final ArchRule ONLY_EVENTS_AND_QUEUES_KNOW_KAFKA = noClasses()
            .that()
            .resideOutsideOfPackages("..plumbing.event..", "..plumbing.queue..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");

    @ArchTest
    static final ArchRule FAILURES_ARE_PLAIN_JAVA = classes()
            .that()
            .resideInAPackage("..plumbing.failure..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "dev.galatea.model..", "..plumbing.failure..");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("dev.galatea.plumbing.(*)..").should().beFreeOfCycles();
}
