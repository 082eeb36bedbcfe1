package dev.galatea.gateway.body;

import java.nio.file.Path;

import dev.galatea.gateway.Settings;

/** Spools for tests. */
public final class Spools {

    private Spools() {}

    /** The files of one request. */
    public static Spool in(Path directory, String... settings) {
        return new Spool(directory, new UploadBudget(Settings.of(settings)).share());
    }
}
