package dev.galatea.gateway.body;

/**
 * What becomes of a body's bytes. Called by one thread at a time, of a pool; problems with the body are thrown as
 * {@link dev.galatea.gateway.problem.ProblemException}.
 *
 * @param <T> what a body is made into
 */
public interface BodyReader<T> {

    /** Takes the next bytes. */
    void take(byte[] bytes);

    /** Makes something of the body, all of which was taken. */
    T finish();
}
