package dev.galatea.gateway;

import java.util.Map;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import org.junit.jupiter.api.Test;

import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

/** A door that allows the pages of one other origin. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
@TestProfile(CorsTest.OneOrigin.class)
class CorsTest {

    private static final String STUDIO = "https://studio.example";

    /** The settings of docs/operations.md. */
    public static final class OneOrigin implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.http.cors.enabled", "true", "quarkus.http.cors.origins", STUDIO);
        }
    }

    @Test
    void shouldAllowTheOrigin() {
        given().header("Origin", STUDIO)
                .header("Access-Control-Request-Method", "POST")
                .options("/v1/videos")
                .then()
                .statusCode(200)
                .header("Access-Control-Allow-Origin", STUDIO);
        given().header("Origin", STUDIO)
                .header("Sec-Fetch-Site", "cross-site")
                .contentType(ContentType.JSON)
                .body("{}")
                .post("/v1/videos")
                .then()
                .statusCode(400)
                .header("Access-Control-Allow-Origin", STUDIO)
                .body("error.param", equalTo("prompt"));
    }

    @Test
    void shouldAllowNoOther() {
        given().header("Origin", "https://evil.example")
                .contentType(ContentType.JSON)
                .body("{}")
                .post("/v1/videos")
                .then()
                .statusCode(403)
                .header("Access-Control-Allow-Origin", nullValue());
    }
}
