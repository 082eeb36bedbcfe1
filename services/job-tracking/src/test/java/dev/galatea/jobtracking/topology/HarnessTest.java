package dev.galatea.jobtracking.topology;

import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A fresh topology for each test. */
abstract class HarnessTest {

    @TempDir
    Path stateDir;

    Harness harness;

    @BeforeEach
    final void start() {
        harness = new Harness(stateDir);
    }

    @AfterEach
    final void stop() {
        harness.close();
    }
}
