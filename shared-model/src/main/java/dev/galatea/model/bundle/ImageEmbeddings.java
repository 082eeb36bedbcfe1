package dev.galatea.model.bundle;

/**
 * What the denoiser is told of the picture that a clip begins with, beside its latents: what the graph of the role
 * {@link #ROLE} makes of the picture, fitted to the clip.
 *
 * @param tokens rows of the embeddings
 * @param dim width of a row
 */
public record ImageEmbeddings(int tokens, int dim) {

    /** The role of the graph that makes them. */
    public static final String ROLE = "imageEncoder";
}
