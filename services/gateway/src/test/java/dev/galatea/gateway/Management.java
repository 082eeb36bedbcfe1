package dev.galatea.gateway;

import java.net.URI;
import java.time.Duration;

import io.quarkus.test.common.http.TestHTTPResourceManager;
import org.awaitility.Awaitility;

import static io.restassured.RestAssured.given;

/** The management interface of the gateway under test. */
public final class Management {

    private Management() {}

    /** The address of a path there. */
    public static String at(String path) {
        return URI.create(TestHTTPResourceManager.getManagementUri())
                .resolve(path)
                .toString();
    }

    /** Waits for the gateway to have read the job states: until then it answers 503 to questions for them. */
    public static void awaitReady() {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .ignoreExceptions()
                .until(() -> given().get(at("/q/health/ready")).statusCode() == 200);
    }
}
