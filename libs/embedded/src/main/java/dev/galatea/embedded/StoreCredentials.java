package dev.galatea.embedded;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Properties;

/**
 * The credentials of an embedded store.
 *
 * @param accessKey the only access key that the store knows
 * @param secretKey belongs to it
 */
public record StoreCredentials(String accessKey, String secretKey) {

    /** The file of a data directory that holds them, as shells and Java's properties read it. */
    public static final String FILE = "store-credentials";

    private static final String ACCESS_KEY = "GALATEA_STORE_ACCESS_KEY";
    private static final String SECRET_KEY = "GALATEA_STORE_SECRET_KEY";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ACCESS_BYTES = 6;
    private static final int SECRET_BYTES = 24;

    public StoreCredentials {
        if (accessKey.isBlank() || secretKey.isBlank()) {
            throw new IllegalArgumentException("access key and secret key: must not be blank");
        }
    }

    /** Makes credentials that nobody can guess. */
    public static StoreCredentials random() {
        return new StoreCredentials("galatea-" + hex(ACCESS_BYTES), hex(SECRET_BYTES));
    }

    /**
     * Reads the credentials of a data directory; the first time they are made.
     *
     * @throws EmbeddedException if the file can't be read or written, or holds none
     */
    public static StoreCredentials in(Path data) {
        Path file = data.resolve(FILE);
        try {
            PrivateFiles.newDirectory(data);
            if (!Files.exists(file)) {
                StoreCredentials made = random();
                PrivateFiles.write(file, made.text());
                return made;
            }
            return read(PrivateFiles.file(file));
        } catch (IOException e) {
            throw new EmbeddedException("store credentials: " + file + " can't be used: " + e, e);
        }
    }

    private static StoreCredentials read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            return new StoreCredentials(properties.getProperty(ACCESS_KEY, ""), properties.getProperty(SECRET_KEY, ""));
        } catch (IllegalArgumentException e) {
            throw new EmbeddedException(
                    "store credentials: " + file + " lacks " + ACCESS_KEY + " or " + SECRET_KEY
                            + "; restore it, or remove it to get new ones at the next start",
                    e);
        }
    }

    private String text() {
        return String.format(
                "# Of the S3-compatible store in this directory. Remove the file to get others at the next start.%n"
                        + "%s=%s%n%s=%s%n",
                ACCESS_KEY, accessKey, SECRET_KEY, secretKey);
    }

    private static String hex(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** Names the access key only, so that no log holds the secret. */
    @Override
    public String toString() {
        return "StoreCredentials[" + accessKey + "]";
    }
}
