package dev.galatea.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

/** Readers of server-sent events, on plain sockets and one thread. */
final class ApiStreams implements AutoCloseable {

    private final Selector selector = Selector.open();
    private final List<SocketChannel> channels = new ArrayList<>();

    /** Opens streams of all events, and waits until each is answered. */
    ApiStreams(int port, int count) throws IOException {
        byte[] request = ("GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1:" + port
                        + "\r\nAccept: text/event-stream\r\n\r\n")
                .getBytes(US_ASCII);
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            channels.add(channel);
            channel.write(ByteBuffer.wrap(request));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new StringBuilder());
        }
        await("text/event-stream", Duration.ofMinutes(2));
    }

    /**
     * Waits until every stream has said something.
     *
     * @return seconds until the last had
     */
    double await(String text, Duration limit) throws IOException {
        long start = System.nanoTime();
        int missing = channels.size();
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        while (missing > 0) {
            if (System.nanoTime() - start > limit.toNanos()) {
                throw new IOException(missing + " of " + channels.size() + " streams did not say " + text);
            }
            selector.select(1000);
            for (SelectionKey key : selector.selectedKeys()) {
                StringBuilder heard = (StringBuilder) key.attachment();
                boolean before = heard.indexOf(text) >= 0;
                buffer.clear();
                if (((SocketChannel) key.channel()).read(buffer) < 0) {
                    throw new IOException("a stream was ended");
                }
                heard.append(UTF_8.decode(buffer.flip()));
                missing -= !before && heard.indexOf(text) >= 0 ? 1 : 0;
            }
            selector.selectedKeys().clear();
        }
        return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
        selector.close();
    }
}
