package dev.galatea.standalone;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DataDirectoryLockTest {

    @TempDir
    Path directory;

    @Test
    void shouldRefuseSecondOwner_whileFirstHoldsIt() {
        try (DataDirectoryLock first = DataDirectoryLock.acquire(directory)) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> DataDirectoryLock.acquire(directory))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("--data-dir");
        }
    }

    @Test
    void shouldBeFreeAgain_afterClose() {
        DataDirectoryLock.acquire(directory).close();

        try (DataDirectoryLock second = DataDirectoryLock.acquire(directory)) {
            assertThat(second).isNotNull();
        }
    }
}
