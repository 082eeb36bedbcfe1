package dev.galatea.denoising;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "dev.galatea.denoising", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule DIFFUSION_IS_PLAIN_JAVA = classes()
            .that()
            .resideInAPackage("..denoising.diffusion..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "dev.galatea.model..", "dev.galatea.denoising.diffusion..");

    @ArchTest
    static final ArchRule ADAPTER_KNOWS_NO_EVENTS_OR_QUEUES = noClasses()
            .that()
            .resideInAPackage("..denoising.onnx..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.galatea.model.event..",
                    "dev.galatea.events..",
                    "dev.galatea.workqueue..",
                    "dev.galatea.store..",
                    "org.apache.kafka..",
                    "io.minio..");

    @ArchTest
    static final ArchRule ONLY_THE_STAGE_TOUCHES_THE_QUEUE = noClasses()
            .that()
            .doNotHaveSimpleName("DenoisingStage")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.galatea.workqueue..", "org.apache.kafka..");

    @ArchTest
    static final ArchRule ONLY_THE_ADAPTER_TOUCHES_ONNX_RUNTIME = noClasses()
            .that()
            .resideOutsideOfPackage("..denoising.onnx..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.onnxruntime..", "dev.galatea.onnx..");
}
