package dev.galatea.gateway.api;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ObjectStreamTest {

    private final Queue<Runnable> pool = new ArrayDeque<>();
    private final List<String> happened = new CopyOnWriteArrayList<>();

    @Test
    void shouldHoldNobodyWhoClosesIt() {
        ObjectStream stream = open(new Body());

        stream.close();

        assertThat(stream.isClosed()).isTrue();
        assertThat(happened).isEmpty();
        pool.remove().run();
        assertThat(happened).containsExactly("body closed", "place given back");
    }

    @Test
    void shouldNotCloseTheBody_whileItIsRead() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        ObjectStream stream = open(new Body() {
            @Override
            public byte[] readNBytes(int most) throws IOException {
                begun.countDown();
                await(closed);
                happened.add("read");
                return super.readNBytes(most);
            }
        });
        Thread reader = new Thread(() -> {
            try {
                stream.next(10);
            } catch (IOException e) {
                happened.add("failed");
            }
        });
        reader.start();
        begun.await();

        stream.close();
        closed.countDown();
        reader.join();

        assertThat(pool).isEmpty();
        assertThat(happened).containsExactly("read", "body closed", "place given back");
        assertThatThrownBy(() -> stream.next(10)).isInstanceOf(IOException.class);
    }

    @Test
    void shouldGiveItsPlaceBackOnce_alsoIfTheBodyCanNotBeClosed() {
        ObjectStream stream = open(new Body() {
            @Override
            public void close() {
                throw new IllegalStateException("Unbalanced enter/exit");
            }
        });

        stream.close();
        stream.close();
        pool.forEach(Runnable::run);

        assertThat(happened).containsExactly("place given back");
    }

    private ObjectStream open(InputStream body) {
        return new ObjectStream(body, 10, () -> happened.add("place given back"), pool::add);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private class Body extends ByteArrayInputStream {

        Body() {
            super(new byte[10]);
        }

        @Override
        public void close() {
            happened.add("body closed");
        }
    }
}
