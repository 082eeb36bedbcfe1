package dev.galatea.model.event;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class CanonicalJsonTest {

    @Test
    void shouldSortMembersAtEveryDepth_andKeepTheOrderOfLists() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("b", List.of(Map.of("y", 1, "x", 2.0), "é"));
        value.put("a", Map.of("d", true, "c", "\"quoted\""));

        assertThat(new String(CanonicalJson.bytes(value), UTF_8))
                .isEqualTo("{\"a\":{\"c\":\"\\\"quoted\\\"\",\"d\":true},\"b\":[{\"x\":2.0,\"y\":1},\"é\"]}");
    }

    @Test
    void shouldDigestEqualValuesAlike_andOthersNot() {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("a", 1);
        one.put("b", 2);
        Map<String, Object> other = new LinkedHashMap<>();
        other.put("b", 2);
        other.put("a", 1);

        assertThat(CanonicalJson.digest(one)).isEqualTo(CanonicalJson.digest(other));
        assertThat(CanonicalJson.digest(one)).isNotEqualTo(CanonicalJson.digest(Map.of("a", 2, "b", 2)));
    }
}
