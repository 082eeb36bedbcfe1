package dev.galatea.bundles;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.List;
import java.util.stream.Stream;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.bundle.BundleManifest.FileEntry;
import dev.galatea.model.bundle.ChosenFile;
import dev.galatea.model.id.Sha256;

/**
 * Copies one bundle: the files of its manifest with all variants, and what says how it may be used (README, LICENSE,
 * NOTICE), the manifest last. Not thread-safe.
 */
final class BundleCopy {

    private static final List<String> PAPERS = List.of("README", "LICENSE", "LICENCE", "NOTICE");
    /** Papers beyond this length are none. */
    private static final long MAX_PAPER_BYTES = 1 << 22;

    private final Path source;
    private final Bundle bundle;
    private final Path target;

    /** @param target an empty directory */
    BundleCopy(Path source, Bundle bundle, Path target) {
        this.source = source;
        this.bundle = bundle;
        this.target = target;
    }

    void run() throws BundleException, IOException {
        requireSpace();
        for (ChosenFile file : ChosenFile.all(bundle.manifest())) {
            String path = file.entry().path();
            if (path != null && !Files.exists(target.resolve(path))) {
                copy(file.field() + ".path: " + path, path, file.entry());
            }
        }
        copyPapers();
        Path manifest = requireFile(BundleLoader.MANIFEST, BundleLoader.MANIFEST);
        byte[] bytes = Files.readAllBytes(manifest);
        if (!Sha256.of(bytes).equals(bundle.digest())) {
            throw new BundleException(Code.DIGEST_MISMATCH, manifest + " was changed while it was copied; try again");
        }
        Files.write(target.resolve(BundleLoader.MANIFEST), bytes);
    }

    private void requireSpace() throws BundleException, IOException {
        long needed = ChosenFile.all(bundle.manifest()).stream()
                .map(ChosenFile::entry)
                .filter(entry -> entry.path() != null)
                .mapToLong(FileEntry::bytes)
                .sum();
        long free = Files.getFileStore(target).getUsableSpace();
        if (needed > free) {
            throw new BundleException(
                    Code.NO_SPACE,
                    "the bundle has " + needed + " bytes; the disk of " + target.getParent() + " has " + free
                            + " free");
        }
    }

    private void copy(String what, String path, FileEntry entry) throws BundleException, IOException {
        Path from = requireFile(what, path);
        Path to = target.resolve(path);
        Files.createDirectories(to.getParent());
        long length = 0;
        Sha256 digest;
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(from), Sha256.newDigest());
                OutputStream out = Files.newOutputStream(to)) {
            length = in.transferTo(out);
            digest = Sha256.finish(in.getMessageDigest());
        }
        if (length != entry.bytes()) {
            throw new BundleException(
                    Code.LENGTH_MISMATCH, what + " has " + length + " bytes; the manifest says " + entry.bytes());
        }
        if (!digest.equals(entry.sha256())) {
            throw new BundleException(
                    Code.DIGEST_MISMATCH, what + " has sha256 " + digest + "; the manifest says " + entry.sha256());
        }
    }

    /** A regular file of the source; neither it nor a directory on the way may be a link. */
    private Path requireFile(String what, String path) throws BundleException {
        Path file = source;
        for (Path part : Path.of(path)) {
            file = file.resolve(part);
            if (Files.isSymbolicLink(file)) {
                throw new BundleException(
                        Code.ESCAPING_PATH,
                        what + ": " + file + " is a link; valid are regular files, so copy what it leads to");
            }
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new BundleException(Code.MISSING_FILE, what + " is not a file in " + source);
        }
        return file;
    }

    private void copyPapers() throws IOException {
        try (Stream<Path> children = Files.list(source)) {
            for (Path file : children.filter(BundleCopy::isPaper).toList()) {
                Path to = target.resolve(String.valueOf(file.getFileName()));
                if (!Files.exists(to)) {
                    try (InputStream in = Files.newInputStream(file)) {
                        Files.copy(in, to);
                    }
                }
            }
        }
    }

    private static boolean isPaper(Path file) {
        try {
            String name = String.valueOf(file.getFileName());
            return PAPERS.stream().anyMatch(name::startsWith)
                    && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && Files.size(file) <= MAX_PAPER_BYTES;
        } catch (IOException e) {
            return false;
        }
    }
}
