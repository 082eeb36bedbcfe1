package dev.galatea.clips.video;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** The top-level boxes of an MP4: size[4] type[4] content. */
final class Mp4Boxes {

    private Mp4Boxes() {}

    static List<String> types(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        List<String> types = new ArrayList<>();
        while (bytes.hasRemaining()) {
            int start = bytes.position();
            int size = bytes.getInt();
            byte[] type = new byte[4];
            bytes.get(type);
            types.add(new String(type, US_ASCII));
            bytes.position(start + size);
        }
        return types;
    }
}
