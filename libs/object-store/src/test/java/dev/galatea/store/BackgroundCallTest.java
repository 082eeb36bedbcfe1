package dev.galatea.store;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BackgroundCallTest {

    @Test
    void shouldGiveTheResult_orTheFailure() throws Exception {
        try (BackgroundCall<String> good = BackgroundCall.start(() -> "done");
                BackgroundCall<String> bad = BackgroundCall.start(() -> {
                    throw new PoisonException("bad", "is bad");
                })) {
            assertThat(good.join()).isEqualTo("done");
            assertThatThrownBy(bad::join).isInstanceOf(PoisonException.class);
        }
    }

    /** As when a clip's upload fails while its pictures' still read files of the directory that is removed next. */
    @Test
    void shouldNotLeaveWorkBehind_whenTheCallerFails() {
        CountDownLatch failed = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();

        assertThatThrownBy(() -> {
                    try (BackgroundCall<Boolean> reading = BackgroundCall.start(() -> slowly(failed, ended))) {
                        assertThat(reading).isNotNull();
                        failed.countDown();
                        throw new RetryableException("store_unavailable", "the store doesn't answer", null);
                    }
                })
                .isInstanceOf(RetryableException.class);
        assertThat(ended).isTrue();
    }

    @Test
    void shouldGoOnWaiting_andStayInterrupted_whenItIsInterrupted() {
        AtomicBoolean ended = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(0);
        BackgroundCall<Boolean> reading = BackgroundCall.start(() -> slowly(begun, ended));

        Thread.currentThread().interrupt();
        reading.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(ended).isTrue();
    }

    private static boolean slowly(CountDownLatch begin, AtomicBoolean ended) throws RetryableException {
        try {
            begin.await();
            TimeUnit.MILLISECONDS.sleep(200);
        } catch (InterruptedException e) {
            throw new RetryableException("interrupted", "was interrupted", e);
        }
        ended.set(true);
        return true;
    }
}
