package dev.galatea.model.tensor;

import dev.galatea.model.id.Sha256;

/**
 * Points at an object in the store (claim check): an event carries this instead of the bytes. Whoever reads the object
 * verifies length and digest before use.
 *
 * @param bytes length of the object
 */
public record ObjectRef(String bucket, String key, String mediaType, long bytes, Sha256 sha256) {

    public ObjectRef {
        References.requireName("bucket", bucket);
        References.requireKey(key);
        References.requireName("mediaType", mediaType);
        References.requirePositive("bytes", bytes);
        References.requirePresent("sha256", sha256);
    }
}
