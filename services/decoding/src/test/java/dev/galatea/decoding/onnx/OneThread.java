package dev.galatea.decoding.onnx;

import dev.galatea.onnx.OnnxConfig;

/** ONNX Runtime on one thread of the CPU. */
record OneThread() implements OnnxConfig {

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
