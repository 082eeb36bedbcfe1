package dev.galatea.media;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A process that runs another one in a sandbox, and ends with it. It is ended by ending that one: were the sandbox
 * killed itself, the other would outlive it for a moment, and for ever if it was just being started, because
 * bubblewrap's child then waits for its parent. Thread-safe as processes are.
 */
final class ConfinedProcess extends Process {

    private static final int TRIES = 200;
    private static final int BETWEEN_TRIES_MILLIS = 10;

    private final Process sandbox;

    ConfinedProcess(Process sandbox) {
        this.sandbox = sandbox;
    }

    /**
     * Kills all that runs in the sandbox, and returns when it has ended; the sandbox itself only if it does not end.
     */
    @Override
    public Process destroyForcibly() {
        boolean interrupted = false;
        for (int i = 0; i < TRIES && sandbox.isAlive(); i++) {
            sandbox.descendants().forEach(ProcessHandle::destroyForcibly);
            try {
                if (sandbox.waitFor(BETWEEN_TRIES_MILLIS, TimeUnit.MILLISECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        sandbox.destroyForcibly();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return this;
    }

    @Override
    public void destroy() {
        destroyForcibly();
    }

    @Override
    public OutputStream getOutputStream() {
        return sandbox.getOutputStream();
    }

    @Override
    public InputStream getInputStream() {
        return sandbox.getInputStream();
    }

    @Override
    public InputStream getErrorStream() {
        return sandbox.getErrorStream();
    }

    @Override
    public int waitFor() throws InterruptedException {
        return sandbox.waitFor();
    }

    @Override
    public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
        return sandbox.waitFor(timeout, unit);
    }

    @Override
    public int exitValue() {
        return sandbox.exitValue();
    }

    @Override
    public boolean isAlive() {
        return sandbox.isAlive();
    }

    @Override
    public ProcessHandle toHandle() {
        return sandbox.toHandle();
    }

    @Override
    public CompletableFuture<Process> onExit() {
        return sandbox.onExit().thenApply(ended -> this);
    }
}
