package dev.galatea.standalone;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/** A program that prints the characters of its arguments as numbers. */
public final class EchoArguments {

    private EchoArguments() {}

    /** Prints one line for each argument. */
    public static void main(String[] args) {
        for (String argument : args) {
            System.out.println(codePoints(argument));
        }
    }

    static String codePoints(String text) {
        return text.codePoints().mapToObj(Integer::toString).collect(Collectors.joining(" "));
    }

    static void writeJar(Path file) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, EchoArguments.class.getName());
        String name = EchoArguments.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file), manifest);
                InputStream in = Objects.requireNonNull(
                        EchoArguments.class.getClassLoader().getResourceAsStream(name))) {
            jar.putNextEntry(new JarEntry(name));
            in.transferTo(jar);
        }
    }
}
