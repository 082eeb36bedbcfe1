package dev.galatea.gateway;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.testsupport.SharedSystemResource;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

/** A browser that knows the page asks whether it is still the same, and an upgrade shows at once. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class PageFilesTest {

    @ParameterizedTest
    @ValueSource(strings = {"/", "/index.html", "/ui/app.js", "/ui/style.css", "/ui/mark.svg"})
    void shouldBeAskedForAgain(String path) {
        String tag = given().get(path)
                .then()
                .statusCode(200)
                .header("Cache-Control", "no-cache")
                .header("ETag", matchesPattern("\"[0-9a-f]{64}\""))
                .extract()
                .header("ETag");
        for (String known : new String[] {tag, "W/" + tag, "\"other\", " + tag}) {
            given().header("If-None-Match", known)
                    .get(path)
                    .then()
                    .statusCode(304)
                    .header("ETag", tag)
                    .header("Cache-Control", "no-cache");
        }
        given().head(path).then().statusCode(200).header("ETag", tag);
    }

    @Test
    void shouldBeSentAnew_whenAnotherVersionIsKnown() {
        given().header("If-None-Match", "\"other\"")
                // As of a replica of the version before that was started later.
                .header("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")
                .get("/ui/app.js")
                .then()
                .statusCode(200)
                .body(not(equalTo("")));
    }

    @Test
    void shouldHaveNoTag_whenThereIsNoSuchFile() {
        for (String path : new String[] {"/ui/nothing.js", "/ui/..%2findex.html", "/v1/capabilities"}) {
            given().get(path).then().header("ETag", nullValue());
        }
    }
}
