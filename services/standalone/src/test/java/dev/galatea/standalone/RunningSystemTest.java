package dev.galatea.standalone;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RunningSystemTest {

    private static final RunningSystem SYSTEM =
            new RunningSystem(StandaloneSystem.VERSION, 17, "127.0.0.1:9092", URI.create("http://127.0.0.1:9000"), "b");

    @TempDir
    Path directory;

    @Test
    void shouldFindWhatIsUp() throws Exception {
        assertThat(RunningSystem.in(directory)).isEmpty();
        try (DataDirectoryLock ignored = DataDirectoryLock.acquire(directory)) {
            assertThat(RunningSystem.in(directory)).isEmpty();

            SYSTEM.announce(directory);

            assertThat(RunningSystem.in(directory)).contains(SYSTEM);
            assertThat(SYSTEM.isUpIn(directory)).isTrue();

            RunningSystem.conceal(directory);

            assertThat(RunningSystem.in(directory)).isEmpty();
            assertThat(SYSTEM.isUpIn(directory)).isFalse();
        }
    }

    /** The operating system drops the lock of a process that is killed, and its file stays. */
    @Test
    void shouldNotTakeAKilledOneForRunning() throws Exception {
        DataDirectoryLock.acquire(directory).close();
        SYSTEM.announce(directory);

        assertThat(RunningSystem.in(directory)).isEmpty();
        assertThat(SYSTEM.isUpIn(directory)).isFalse();
    }

    @Test
    void shouldNotTakeTheNextOneForTheSame() throws Exception {
        try (DataDirectoryLock ignored = DataDirectoryLock.acquire(directory)) {
            new RunningSystem(SYSTEM.version(), 18, SYSTEM.bootstrapServers(), SYSTEM.store(), SYSTEM.bucket())
                    .announce(directory);

            assertThat(SYSTEM.isUpIn(directory)).isFalse();
        }
    }

    @Test
    void shouldRefuseAnotherVersion() throws Exception {
        try (DataDirectoryLock ignored = DataDirectoryLock.acquire(directory)) {
            new RunningSystem("9.9.9", 17, SYSTEM.bootstrapServers(), SYSTEM.store(), SYSTEM.bucket())
                    .announce(directory);

            assertThatThrownBy(() -> RunningSystem.in(directory))
                    .hasMessageContaining("galatea 9.9.9 (process 17)")
                    .hasMessageContaining("this is " + StandaloneSystem.VERSION)
                    .hasMessageContaining("--data-dir");
        }
    }

    @Test
    void shouldIgnoreAFileThatIsNotOurs() throws Exception {
        try (DataDirectoryLock ignored = DataDirectoryLock.acquire(directory)) {
            Files.writeString(directory.resolve("running"), "process=many\n");

            assertThat(RunningSystem.in(directory)).isEmpty();
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no POSIX permissions")
    void shouldTellNobodyElse() throws Exception {
        SYSTEM.announce(directory);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("running"))))
                .isEqualTo("rw-------");
    }
}
