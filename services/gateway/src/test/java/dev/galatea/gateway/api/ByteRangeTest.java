package dev.galatea.gateway.api;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.gateway.problem.ProblemException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ByteRangeTest {

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0,0,1",
        "bytes=0-,0,100",
        "bytes=10-19,10,10",
        "bytes=90-1000,90,10",
        "bytes=-1,99,1",
        "bytes=-1000,0,100",
        "bytes=99-,99,1"
    })
    void shouldFindTheRange_whenItIsInside(String header, long first, long length) {
        assertThat(ByteRange.parse(header, 100)).contains(new ByteRange(first, length));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {"", "bytes=", "bytes=-", "items=0-1", "bytes=0-1,5-6", "bytes=5-4", "bytes=a-b", "bytes=--1"})
    void shouldSendAll_whenThereIsNoUsableRange(String header) {
        assertThat(ByteRange.parse(header, 100)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=100-", "bytes=100-200", "bytes=-0", "bytes=999999999999999999-"})
    void shouldRefuse_whenTheRangeIsOutside(String header) {
        assertThatThrownBy(() -> ByteRange.parse(header, 100))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("valid are 0 to 99");
    }
}
