package dev.galatea.decoding.tiling;

/**
 * Decodes each latent position by itself: every pixel is a function of the latents at its position, of its place in the
 * patch and of its frame. So tiles and the whole must agree exactly.
 */
final class FakeDecoder implements LatentDecoder {

    private final LatentGeometry whole;
    private int calls;

    FakeDecoder(LatentGeometry whole) {
        this.whole = whole;
    }

    int calls() {
        return calls;
    }

    @Override
    public float[] decode(float[] latents, int frames, int height, int width) {
        calls++;
        int s = whole.spatialCompression();
        int count = whole.framesOf(frames);
        float[] pixels = new float[3 * count * height * s * width * s];
        int to = 0;
        for (int c = 0; c < 3; c++) {
            for (int f = 0; f < count; f++) {
                for (int y = 0; y < height * s; y++) {
                    for (int x = 0; x < width * s; x++) {
                        int t = latentFrame(f);
                        int from = ((c % whole.channels() * frames + t) * height + y / s) * width + x / s;
                        pixels[to++] = latents[from] + 0.01f * (y % s) + 0.001f * (x % s) + 0.1f * phase(f);
                    }
                }
            }
        }
        return pixels;
    }

    private int latentFrame(int frame) {
        int k = whole.temporalCompression();
        return whole.causalFirstFrame() ? (frame + k - 1) / k : frame / k;
    }

    private int phase(int frame) {
        int k = whole.temporalCompression();
        // The single frame of a causal tile's first latent frame is dropped, unless it is the clip's first one.
        return whole.causalFirstFrame() ? (frame + k - 1) % k : frame % k;
    }
}
