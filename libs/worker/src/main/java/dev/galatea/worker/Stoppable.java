package dev.galatea.worker;

/**
 * A bean that takes time to stop, and may do so side by side with all others of its kind before the application itself
 * stops. Without that it stops with the application, as any bean.
 */
public interface Stoppable {

    /** Stops, and waits for it; doing so again does nothing. */
    void stop();
}
