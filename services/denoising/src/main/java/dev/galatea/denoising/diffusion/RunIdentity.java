package dev.galatea.denoising.diffusion;

/**
 * Names a run: two with equal identities go the same way, step by step.
 *
 * @param bundle digest of the bundle's manifest, in hex
 * @param digest digest of everything that decides where the run goes, in hex
 */
public record RunIdentity(String bundle, String digest) {}
