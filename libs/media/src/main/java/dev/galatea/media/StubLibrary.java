package dev.galatea.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * An empty shared library for Linux, as bytes. The bundled FFmpeg executable is linked against libraries of sound
 * servers and displays, which a server does not have and encoding never calls; the dynamic linker is content with empty
 * ones.
 *
 * <pre>
 * library := elf-header[64] program-header[56]{3} dynamic[16]{7} symbol[24] hash[20] strings
 * </pre>
 *
 * One segment holds the whole file. Sizes in bytes, all numbers little-endian.
 *
 * @see <a href="https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html">System V ABI, object files</a>
 */
final class StubLibrary {

    /** {@code e_machine} of the 64-bit platforms that FFmpeg is bundled for. */
    static final short X86_64 = 62;

    static final short AARCH64 = 183;

    private static final int HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final int PROGRAM_HEADERS = 3;
    private static final int DYNAMIC = HEADER + PROGRAM_HEADERS * PROGRAM_HEADER;
    private static final int DYNAMIC_SIZE = 7 * 16;
    private static final int SYMBOLS = DYNAMIC + DYNAMIC_SIZE;
    private static final int SYMBOL_SIZE = 24;
    private static final int HASH = SYMBOLS + SYMBOL_SIZE;
    private static final int HASH_SIZE = 20;
    private static final int STRINGS = HASH + HASH_SIZE;
    /** The largest page size of the platforms above. */
    private static final int ALIGNMENT = 0x10000;

    private static final int READ = 4;
    private static final int WRITE = 2;

    private StubLibrary() {}

    /** A library of that name which defines nothing. */
    static byte[] named(String name, short machine) {
        byte[] strings = ("\0" + name + "\0").getBytes(US_ASCII);
        int size = STRINGS + strings.length;
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        header(out, machine);
        programHeader(
                out, 1, READ | WRITE, 0, size, ALIGNMENT); // PT_LOAD; older linkers write into the dynamic section
        programHeader(out, 2, READ | WRITE, DYNAMIC, DYNAMIC_SIZE, 8); // PT_DYNAMIC
        programHeader(out, 0x6474e551, READ | WRITE, 0, 0, 16); // PT_GNU_STACK: no executable stack
        dynamic(out, 14, 1); // DT_SONAME, offset into the strings
        dynamic(out, 4, HASH); // DT_HASH
        dynamic(out, 5, STRINGS); // DT_STRTAB
        dynamic(out, 6, SYMBOLS); // DT_SYMTAB
        dynamic(out, 10, strings.length); // DT_STRSZ
        dynamic(out, 11, SYMBOL_SIZE); // DT_SYMENT
        dynamic(out, 0, 0); // DT_NULL
        out.position(HASH); // the one symbol is the undefined one: zeros
        out.putInt(1).putInt(1).putInt(0).putInt(0).putInt(0); // one bucket, one chain, both empty
        out.put(STRINGS, strings);
        return out.array();
    }

    private static void header(ByteBuffer out, short machine) {
        out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0); // 64 bits, little-endian, System V
        out.putShort((short) 3).putShort(machine).putInt(1); // ET_DYN
        out.putLong(0).putLong(HEADER).putLong(0).putInt(0); // no entry, program headers follow, no sections
        out.putShort((short) HEADER).putShort((short) PROGRAM_HEADER).putShort((short) PROGRAM_HEADERS);
        out.putShort((short) 64).putShort((short) 0).putShort((short) 0);
    }

    private static void programHeader(ByteBuffer out, int type, int flags, long offset, long size, long alignment) {
        out.putInt(type).putInt(flags).putLong(offset).putLong(offset).putLong(offset);
        out.putLong(size).putLong(size).putLong(alignment);
    }

    private static void dynamic(ByteBuffer out, long tag, long value) {
        out.putLong(tag).putLong(value);
    }
}
