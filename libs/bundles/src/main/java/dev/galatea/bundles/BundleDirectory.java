package dev.galatea.bundles;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.BundleLoader;

/**
 * The bundles of a directory, one directory each, and how they come and go. A bundle is added and removed as a whole:
 * what is on its way is in a directory whose name begins with a dot, which nobody takes for a bundle, and which the
 * next change removes if a process died over it. One process changes a directory at a time. Thread-safe.
 */
public final class BundleDirectory {

    private static final String TEMPORARY = ".changing-";
    private static final String LOCK = ".galatea-bundles.lock";

    private final Path path;
    private final BundleLoader loader;

    /** The bundles under {@code path}, which {@code loader} opens. */
    public BundleDirectory(Path path, BundleLoader loader) {
        this.path = path;
        this.loader = loader;
    }

    /** The directory. */
    public Path path() {
        return path;
    }

    /**
     * The bundles by name, sorted; of several of one name, the first by directory, which {@link #find} finds, too.
     *
     * @param leftOut is told of each bundle that can't be loaded, or whose name another one has, with its directory
     * @throws UncheckedIOException the directory can't be read
     */
    public Map<String, Bundle> bundles(BiConsumer<Path, BundleException> leftOut) {
        NamedBundles<Path> found = new NamedBundles<>();
        for (Path directory : directories()) {
            try {
                found.add(directory, loader.load(directory));
            } catch (BundleException e) {
                leftOut.accept(directory, e);
            }
        }
        return found.byName();
    }

    /** The directory of a bundle, which is also found by the directory's name if its manifest is broken. */
    public Optional<Path> find(String name) {
        Path byDirectory = null;
        for (Path directory : directories()) {
            try {
                if (loader.load(directory).manifest().name().equals(name)) {
                    return Optional.of(directory);
                }
            } catch (BundleException e) {
                if (name.equals(String.valueOf(directory.getFileName()))) {
                    byDirectory = directory;
                }
            }
        }
        return Optional.ofNullable(byDirectory);
    }

    /**
     * Copies a bundle into this directory, under its own name. Every byte is held against the manifest while it is
     * copied. On failure nothing is left, and a bundle of the name stays as it was.
     *
     * @param source its directory
     * @param replace whether a bundle of the same name gives way
     * @return the new bundle's directory
     * @throws BundleException the bundle can't be loaded, a file is a link or is not what the manifest says, or there
     *     is one of the name
     * @throws IOException the disk is too small, or fails
     */
    public synchronized Path add(Path source, boolean replace) throws BundleException, IOException {
        Bundle bundle = loader.load(source);
        String name = bundle.manifest().name();
        Files.createDirectories(path);
        try (FileChannel channel = lockFile();
                FileLock ignored = channel.lock()) {
            removeLeftovers();
            Optional<Path> old = find(name);
            if (old.isPresent() && !replace) {
                throw new BundleException(
                        Code.ALREADY_THERE,
                        "name: '" + name + "' is already in " + old.get() + "; remove it first, or replace it");
            }
            // Not a temporary directory of the JDK's, which nobody but its owner may read.
            Path copy = Files.createDirectory(temporary());
            try {
                new BundleCopy(source, bundle, copy).run();
                return swap(copy, old, path.resolve(name));
            } finally {
                delete(copy);
            }
        }
    }

    /** Removes a bundle with all of its files; answers false if there is none. */
    public synchronized boolean remove(String name) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (FileChannel channel = lockFile();
                FileLock ignored = channel.lock()) {
            removeLeftovers();
            Optional<Path> directory = find(name);
            if (directory.isPresent()) {
                delete(setAside(directory.get()));
            }
            return directory.isPresent();
        }
    }

    /** Puts the copy into the old one's place; between the two moves there is neither, never half of one. */
    private Path swap(Path copy, Optional<Path> old, Path target) throws IOException {
        if (old.isEmpty()) {
            requireFree(target);
            return Files.move(copy, target, StandardCopyOption.ATOMIC_MOVE);
        }
        if (!old.get().equals(target)) {
            requireFree(target);
        }
        Path aside = setAside(old.get());
        try {
            Files.move(copy, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.move(aside, old.get(), StandardCopyOption.ATOMIC_MOVE);
            throw e;
        }
        delete(aside);
        return target;
    }

    private static void requireFree(Path target) throws IOException {
        if (Files.exists(target)) {
            throw new FileSystemException(
                    target.toString(), null, "is there, and is not a bundle of this name; move it away first");
        }
    }

    private Path setAside(Path directory) throws IOException {
        return Files.move(directory, temporary(), StandardCopyOption.ATOMIC_MOVE);
    }

    private Path temporary() {
        return path.resolve(TEMPORARY + UUID.randomUUID());
    }

    private FileChannel lockFile() throws IOException {
        return FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private void removeLeftovers() throws IOException {
        try (Stream<Path> children = Files.list(path)) {
            for (Path child : children.filter(BundleDirectory::isTemporary).toList()) {
                delete(child);
            }
        }
    }

    private static boolean isTemporary(Path child) {
        return String.valueOf(child.getFileName()).startsWith(TEMPORARY);
    }

    private List<Path> directories() {
        try (Stream<Path> children = Files.list(path)) {
            return children.filter(child -> !String.valueOf(child.getFileName()).startsWith("."))
                    .filter(child -> Files.isRegularFile(child.resolve(BundleLoader.MANIFEST)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path left, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(left);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
