package dev.galatea.store;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.SafeTensorsFile;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.model.tensor.TensorRef;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** The contract of every store behind {@link MinioObjectStore}. */
abstract class ObjectStoreContract {

    private static final String MEDIA_TYPE = "application/octet-stream";

    private final String prefix = "contract/" + UUID.randomUUID() + "/";
    private MinioObjectStore store;

    @TempDir
    Path temporary;

    abstract StoreSettings settings();

    @BeforeEach
    void open() throws Exception {
        store = new MinioObjectStore(settings(), new SimpleMeterRegistry());
        store.provision();
    }

    @AfterEach
    void close() throws Exception {
        for (String key : store.list(prefix, 100)) {
            store.delete(key);
        }
        store.close();
    }

    @Test
    void shouldPageThroughObjects_inOrder() throws Exception {
        for (String name : List.of("c", "a/2", "b", "a/1")) {
            store.put(prefix + name, MEDIA_TYPE, random(10));
        }

        List<String> keys = new ArrayList<>();
        String after = "";
        for (List<ObjectStore.StoredObject> page = store.page(prefix, after, 2);
                !page.isEmpty();
                page = store.page(prefix, after, 2)) {
            page.forEach(object -> keys.add(object.key()));
            after = keys.get(keys.size() - 1);
        }
        assertThat(keys).containsExactly(prefix + "a/1", prefix + "a/2", prefix + "b", prefix + "c");
    }

    @Test
    void shouldReadBack_whatWasPut() throws Exception {
        byte[] bytes = random(100_000);
        ObjectRef ref = store.put(prefix + "a b/ü.bin", MEDIA_TYPE, bytes);
        assertThat(ref.bytes()).isEqualTo(bytes.length);
        assertThat(ref.sha256()).isEqualTo(Sha256.of(bytes));
        assertThat(store.read(ref)).isEqualTo(bytes);
        assertThat(store.stat(ref.key())).hasValueSatisfying(stored -> {
            assertThat(stored.key()).isEqualTo(ref.key());
            assertThat(stored.bytes()).isEqualTo(bytes.length);
            assertThat(stored.modified()).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
        });
    }

    @Test
    void shouldStreamFiles_inSeveralParts() throws Exception {
        byte[] bytes = random((int) (2 * MinioObjectStore.PART_BYTES + 12345));
        Path file = Files.write(temporary.resolve("in"), bytes);
        ObjectRef ref = store.put(prefix + "large", MEDIA_TYPE, file);
        Path target = temporary.resolve("out");
        store.download(ref, target);
        assertThat(Files.mismatch(file, target)).isEqualTo(-1);
        assertThat(temporary.toFile().list()).containsExactlyInAnyOrder("in", "out");
        int offset = (int) MinioObjectStore.PART_BYTES - 5;
        try (InputStream in = store.open(ref, offset, 10)) {
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, offset, offset + 10));
        }
    }

    @Test
    void shouldSayMissing_whenObjectIsNotThere() throws Exception {
        ObjectRef ref = new ObjectRef(store.bucket(), prefix + "none", MEDIA_TYPE, 3, Sha256.of(new byte[3]));
        assertPoison("object_missing", () -> store.read(ref));
        assertPoison("object_missing", () -> store.open(ref, 0, 1));
        assertPoison("object_missing", () -> store.download(ref, temporary.resolve("out")));
        assertThat(store.stat(ref.key())).isEmpty();
        store.delete(ref.key());
    }

    @Test
    void shouldSayMissing_whenBucketIsAnother() {
        ObjectRef ref = new ObjectRef("elsewhere", prefix + "x", MEDIA_TYPE, 3, Sha256.of(new byte[3]));
        assertPoison("object_missing", () -> store.read(ref));
    }

    @Test
    void shouldSayAltered_whenBytesDiffer() throws Exception {
        ObjectRef ref = store.put(prefix + "x", MEDIA_TYPE, new byte[] {1, 2, 3});
        store.put(prefix + "x", MEDIA_TYPE, new byte[] {1, 2, 4});
        assertPoison("object_altered", () -> store.read(ref));
        assertPoison("object_altered", () -> store.download(ref, temporary.resolve("out")));
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void shouldSayAltered_whenLengthDiffers() throws Exception {
        ObjectRef ref = store.put(prefix + "x", MEDIA_TYPE, new byte[] {1, 2, 3});
        store.put(prefix + "x", MEDIA_TYPE, new byte[] {1, 2});
        assertPoison("object_altered", () -> store.read(ref));
        assertPoison("object_altered", () -> store.open(ref, 0, 3));
        assertPoison("object_altered", () -> store.open(ref, 2, 1));
    }

    @Test
    void shouldListInOrder_upToTheLimit() throws Exception {
        for (int i = 0; i < 5; i++) {
            store.put(prefix + "list/" + i, MEDIA_TYPE, new byte[] {1});
        }
        assertThat(store.list(prefix + "list/", 3))
                .isEqualTo(List.of(prefix + "list/0", prefix + "list/1", prefix + "list/2"));
        assertThat(store.list(prefix + "nothing/", 3)).isEmpty();
    }

    @Test
    void shouldReadTensors_asTheyWereWritten() throws Exception {
        TensorStore tensors = new TensorStore(store);
        Tensor tensor = Tensor.f32(new long[] {2, 3}, new float[] {1, 2, 3, 4, 5, 6});
        TensorRef ref = tensors.put(prefix + "t.safetensors", "latents", tensor);
        assertThat(tensors.read(ref)).isEqualTo(tensor);

        Tensor other = Tensor.f32(new long[] {3, 2}, new float[] {1, 2, 3, 4, 5, 6});
        ObjectRef file = tensors.putFile(
                prefix + "o.safetensors", new SafeTensorsFile(Map.of("latents", other), Map.of("step", "3")));
        assertThat(tensors.readFile(file).metadata()).containsEntry("step", "3");
        assertPoison("object_altered", () -> tensors.read(TensorStore.refer(file, "latents", tensor)));
        assertPoison("object_altered", () -> tensors.read(TensorStore.refer(file, "noise", other)));
        ObjectRef junk = store.put(prefix + "junk", MEDIA_TYPE, random(100));
        assertPoison("object_altered", () -> tensors.readFile(junk));
    }

    private static void assertPoison(String code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(PoisonException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
