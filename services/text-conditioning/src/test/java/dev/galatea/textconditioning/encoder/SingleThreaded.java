package dev.galatea.textconditioning.encoder;

import dev.galatea.onnx.OnnxConfig;

/** ONNX Runtime on the CPU, with one thread. */
record SingleThreaded() implements OnnxConfig {

    @Override
    public Provider provider() {
        return Provider.CPU;
    }

    @Override
    public int deviceId() {
        return 0;
    }

    @Override
    public int threads() {
        return 1;
    }

    @Override
    public boolean spinning() {
        return false;
    }
}
