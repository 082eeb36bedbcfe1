package dev.galatea.gateway;

import java.net.URI;

import io.quarkus.test.common.http.TestHTTPResourceManager;

/** The management interface of the gateway under test. */
public final class Management {

    private Management() {}

    /** The address of a path there. */
    public static String at(String path) {
        return URI.create(TestHTTPResourceManager.getManagementUri())
                .resolve(path)
                .toString();
    }
}
