package dev.galatea.worker;

import java.nio.file.Path;
import java.util.Optional;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the process itself. */
@ConfigMapping(prefix = "galatea")
public interface WorkerConfig {

    /** The worker's name in progress events; host name and process id unless given. */
    Optional<String> workerName();

    /** The directory for files of running jobs, caches and state stores. */
    @WithDefault("${java.io.tmpdir}/galatea")
    Path workDir();
}
