package dev.galatea.gateway.api;

import java.lang.reflect.Proxy;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.galatea.gateway.Fixtures;
import dev.galatea.gateway.Settings;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceAccess;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.ReferenceMedia.Role;
import dev.galatea.model.event.RequestFields;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.store.ObjectStore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class VideoRequestMapperTest {

    private static final String PICTURE = "\"data:image/png;base64,AQID\"";
    private static final String OTHER_PICTURE = "\"data:image/png;base64,AQIE\"";

    private final VideoRequestMapper mapper = new VideoRequestMapper(
            Settings.of(), new ModelAliases(List.of("sora-2=default", "sora-2-pro = other")), store());
    private final JobState original = completed();

    @Test
    void shouldMakeAPromptPerVideo() {
        List<PromptSubmitted> prompts =
                mapper.create(request("\"n\": 3, \"seed\": 5"), "key").prompts();

        assertThat(prompts).extracting(prompt -> prompt.settings().seed()).containsExactly(5L, 6L, 7L);
        assertThat(prompts).extracting(PromptSubmitted::jobId).doesNotHaveDuplicates();
        assertThat(mapper.create(request("\"n\": 3, \"seed\": 5"), "key").prompts())
                .isEqualTo(prompts);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"n\": 0|n: '0' is not valid; valid are 1 to 8",
                "\"n\": 9|n: '9' is not valid; valid are 1 to 8",
                "\"num_outputs_per_prompt\": -1|num_outputs_per_prompt: '-1' is not valid",
                "\"n\": \"many\"|n: 'many' is not valid; valid are 1 to 8",
                "\"video\": {\"id\": \"a\"}|video: is varied by POST /v1/videos/edits",
                "\"input_reference\": " + PICTURE
                        + ", \"background\": \"red\"|background: 'red' is not a colour; valid is for instance #ffffff",
                "\"input_reference\": \"data:;base64,\"|input_reference: is empty",
                "\"fit\": \"pad\"|fit: is for pictures and videos, and would be without effect",
                "\"background\": \"#ffffff\"|background: is for pictures and videos, and would be without effect",
                "\"background\": \"red\"|background: 'red' is not a colour; valid is for instance #ffffff",
                "\"seed\": 9223372036854775807, \"n\": 2|seed: and the seeds of the videos after the first",
                "\"seed\": -3, \"n\": 3|seed: -3 is not valid: that of video 3 would be -1",
                "\"input_reference\": " + PICTURE
                        + ", \"width\": \"wide\"|width: 'wide' is not a whole number of 64 bits"
            })
    void shouldRefuse(String fields, String message) {
        assertThatThrownBy(() -> mapper.create(request(fields), null)).hasMessageStartingWith(message);
    }

    @Test
    void shouldAttachPicturesOnce_whoeverOfTheJobsStartsFromThem() {
        VideoOrder order = mapper.create(
                request("\"input_reference\": " + PICTURE + ", \"last_frame\": " + OTHER_PICTURE
                        + ", \"fit\": \"pad\", \"background\": \"#00ff7F\", \"n\": 3"),
                null);

        ReferenceMedia reference = order.prompts().get(0).settings().reference();
        assertThat(reference.role()).isEqualTo(Role.FIRST_FRAME);
        assertThat(reference.fit()).isEqualTo(ReferenceMedia.Fit.PAD);
        assertThat(reference.background()).isEqualTo("#00ff7F");
        assertThat(order.prompts()).hasSize(3).allSatisfy(prompt -> {
            assertThat(prompt.settings().reference()).isEqualTo(reference);
            assertThat(ReferenceAccess.isAllowed(prompt.jobId(), reference.object()))
                    .isTrue();
            assertThat(ReferenceAccess.isAllowed(prompt.jobId(), reference.lastFrame()))
                    .isTrue();
        });
        assertThat(ReferenceAccess.isAllowed(JobId.random(), reference.object()))
                .isFalse();
        assertThat(order.attachments())
                .extracting(VideoOrder.Attachment::object)
                .containsExactlyInAnyOrder(reference.object(), reference.lastFrame())
                .allMatch(object -> object.key()
                        .startsWith(ObjectKeys.jobPrefix(order.prompts().get(0).jobId())));
        assertThat(order.attachments())
                .allSatisfy(attachment -> assertThat(attachment.object().sha256())
                        .isEqualTo(attachment.upload().digest()));
    }

    @Test
    void shouldAttachAPictureOnce_thatIsBothEnds() {
        VideoOrder order =
                mapper.create(request("\"input_reference\": " + PICTURE + ", \"last_frame\": " + PICTURE), null);

        assertThat(order.attachments()).hasSize(1);
    }

    @Test
    void shouldAttachOncePerGroup_whenThereAreMoreVideosThanAKeyCanName() {
        List<VideoOrder.Attachment> attachments = new VideoRequestMapper(
                        Settings.of("max-videos-per-request", "20"), new ModelAliases(List.of()), store())
                .create(request("\"n\": 17, \"input_reference\": " + PICTURE), null)
                .attachments();

        assertThat(attachments).hasSize(3);
    }

    @Test
    void shouldVaryAVideo_thatIsGivenInThePlaceOfAPicture() {
        String mp4 = "\"data:;base64,AAAAGGZ0eXBpc29t\"";
        ReferenceMedia reference = mapper.create(request("\"strength\": 0.5, \"input_reference\": " + mp4), null)
                .prompts()
                .get(0)
                .settings()
                .reference();

        assertThat(reference.role()).isEqualTo(Role.VIDEO);
        assertThat(reference.strength()).isEqualTo(0.5);
        assertThat(reference.object()).isNotNull();
        assertThatThrownBy(() -> mapper.create(request("\"last_frame\": " + PICTURE + ", \"video_url\": " + mp4), null))
                .hasMessageStartingWith("last_frame: is for clips that begin with a picture");
        assertThatThrownBy(() -> mapper.create(request("\"strength\": 0.5, \"image_url\": " + PICTURE), null))
                .hasMessageStartingWith("strength: is for variations of a video");
    }

    @ParameterizedTest
    @CsvSource({"pebble,pebble", "sora-2,", "sora-2-pro,other", "sora-3,sora-3"})
    void shouldTakeTheModel_thatAnAliasMeans(String asked, String meant) {
        PromptSubmitted prompt = mapper.create(request("\"model\": \"" + asked + "\""), null)
                .prompts()
                .get(0);

        assertThat(prompt.settings().model()).isEqualTo(meant);
    }

    @Test
    void shouldSayWhichAliasIsNone() {
        assertThatThrownBy(() -> new ModelAliases(List.of("sora-2")))
                .hasMessageStartingWith("galatea.gateway.model-aliases: 'sora-2' is not valid; valid is NAME=MODEL");
    }

    @Test
    void shouldTakeARandomSeed_alsoForARemix() {
        assertThat(mapper.remix(original, request("\"seed\": -1"), null)
                        .settings()
                        .seed())
                .isNull();
    }

    @Test
    void shouldBeginWithTheEnd_whenThatIsAllThereIs() {
        PromptSubmitted prompt = mapper.create(request("\"last_frame\": " + PICTURE), null)
                .prompts()
                .get(0);

        assertThat(prompt.settings().reference().role()).isEqualTo(Role.LAST_FRAME);
    }

    @ParameterizedTest
    @MethodSource("taken")
    void shouldTakeOverEverySetting_ofAVideoThatIsRemixed(RequestFields.Field field) {
        PromptSubmitted remix = mapper.remix(original, request(""), null);

        assertThat(field.in(remix.settings()))
                .isNotNull()
                .isEqualTo(field.in(original.spec().settings()));
        assertThat(remix.remixOf()).isEqualTo(original.jobId());
        assertThat(remix.prompt()).isEqualTo("p");
    }

    /** The frame rate is the model's, and what a clip started from is asked for anew. */
    static List<RequestFields.Field> taken() {
        return RequestFields.settings().stream()
                .filter(field -> !List.of("fps", "reference").contains(field.name()))
                .toList();
    }

    @Test
    void shouldLeaveToAnotherModel_whatBelongsToOne() {
        PromptSubmitted remix = mapper.remix(original, request("\"model\": \"other\""), null);

        for (RequestFields.Field field : taken()) {
            Object expected = field.name().equals("model")
                    ? "other"
                    : field.ofModel() ? null : field.in(original.spec().settings());
            assertThat(field.in(remix.settings())).as(field.name()).isEqualTo(expected);
        }
    }

    @Test
    void shouldReplaceWhatIsAsked_inARemix() {
        PromptSubmitted remix = mapper.remix(
                original, request("\"num_inference_steps\": 3, \"seconds\": 2, \"size\": \"32x32\""), null);

        assertThat(remix.settings()).isEqualTo(original.spec().settings().with(settings -> settings.steps(3)
                .width(32)
                .height(32)
                .frames(null)
                .fps(null)));
        assertThat(remix.seconds()).isEqualTo(2);
    }

    @Test
    void shouldRefuseHowMediaAreTaken_inARemixWithoutAny() {
        for (String field : List.of("\"fit\": \"crop\"", "\"background\": \"#000000\"")) {
            assertThatThrownBy(() -> mapper.remix(original, request(field), null))
                    .hasMessageContaining("is for pictures and videos");
        }
    }

    @Test
    void shouldContinueWithAnotherNoise_forAsLongAsIsAsked() {
        GenerationSettings settings = mapper.from(Role.EXTENSION, original, request("\"num_frames\": 16"), null)
                .settings();

        assertThat(settings.seed()).isNull();
        assertThat(settings.frames()).isEqualTo(16);
        assertThat(settings.steps()).isEqualTo(original.spec().steps());
        assertThat(settings.reference().object()).isEqualTo(original.clip().video());
        assertThat(mapper.from(Role.EXTENSION, original, request(""), null)
                        .settings()
                        .frames())
                .isNull();
    }

    @Test
    void shouldRefuse_whatCanNotBeMadeFromAVideo() {
        JobState refused = Fixtures.state(JobId.random(), JobStatus.REFUSED);

        assertThatThrownBy(() -> mapper.remix(refused, request(""), null))
                .hasMessageStartingWith("id: video " + refused.jobId() + " was refused");
        assertThatThrownBy(() -> mapper.from(Role.VIDEO, original.withClip(null), request(""), null))
                .hasMessageEndingWith("has no clip; valid is one that is completed");
        assertThatThrownBy(() -> mapper.from(Role.EXTENSION, original, request("\"strength\": 0.5"), null))
                .hasMessageStartingWith("strength: is for variations");
        assertThatThrownBy(() -> mapper.remix(original, request("\"n\": 2"), null))
                .hasMessage("n: '2' is not valid; valid are 1 to 1");
        assertThatThrownBy(() -> mapper.from(Role.VIDEO, request(""), null))
                .hasMessageStartingWith("video: is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "|\"n\": 1",
                "|\"num_outputs_per_prompt\": \"1\"",
                "|\"truncate\": true",
                "|\"seed\": -1",
                "|\"model\": \"sora-2\"",
                "|\"model\": null, \"n\": null, \"seed\": null, \"input_reference\": null, \"extra_body\": null",
                "|\"extra_body\": {}, \"metadata\": {\"a\": 1}, \"generate_sound\": false",
                "\"seed\": 7, \"size\": \"64x32\"|\"extra_body\": {\"seed\": \"7.0\"}, \"width\": 64, \"height\": 32",
                "\"input_reference\": " + PICTURE + "|\"fit\": \"crop\", \"background\": \"#FFffff\", \"image_url\": "
                        + PICTURE,
                "\"last_frame\": " + PICTURE + "|\"fit\": \"crop\", \"extra_body\": {\"last_frame\": " + PICTURE + "}"
            })
    void shouldBeTheSameOrder_whetherDefaultsAreLeftOutOrSaid(String fields, String others) {
        assertThat(digest(others)).isEqualTo(digest(fields == null ? "" : fields));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "|\"n\": 2",
                "|\"truncate\": false",
                "|\"seed\": 0",
                "|\"negative_prompt\": \"\"",
                "|\"model\": \"pebble\"",
                "\"num_frames\": 16|\"seconds\": 2",
                "\"input_reference\": " + PICTURE + "|\"last_frame\": " + PICTURE,
                "\"input_reference\": " + PICTURE + "|\"input_reference\": " + OTHER_PICTURE,
                "\"input_reference\": " + PICTURE + "|\"fit\": \"pad\", \"input_reference\": " + PICTURE,
                "\"input_reference\": " + PICTURE + "|\"background\": \"#fffffe\", \"input_reference\": " + PICTURE
            })
    void shouldBeAnotherOrder_whenAnotherClipCouldCome(String fields, String others) {
        assertThat(digest(others)).isNotEqualTo(digest(fields == null ? "" : fields));
    }

    private Sha256 digest(String fields) {
        return mapper.create(request(fields), "key")
                .signed("key")
                .prompts()
                .get(0)
                .requestDigest();
    }

    @ParameterizedTest
    @CsvSource({
        "input_reference",
        "image_reference",
        "image_url",
        "reference_url",
        "video_url",
        "video_reference",
        "last_frame"
    })
    void shouldRememberWhatTheCallerCallsTheMedia_forMessagesThatComeLate(String field) {
        String address = "\"https://media.example/a" + (field.startsWith("video") ? ".mp4\"" : ".png\"");

        for (String called : List.of(field, "extra_body." + field)) {
            String given = "\"" + field + "\": " + address;
            String fields = called.equals(field) ? given : "\"extra_body\": {" + given + "}";
            ReferenceMedia media = mapper.create(request(fields), null)
                    .prompts()
                    .get(0)
                    .settings()
                    .reference();

            assertThat(media.field()).isIn(called, null);
            assertThat(HttpNames.of("reference.url", media)).isEqualTo(called);
        }
    }

    @Test
    void shouldRememberWhatTheCallerCallsAVideo() {
        String fields = "\"video_url\": \"https://media.example/a.mp4\"";
        for (Role role : List.of(Role.VIDEO, Role.EXTENSION)) {
            VideoOrder order = mapper.from(role, request(fields), null);

            assertThat(order.prompts().get(0).settings().reference().field()).isEqualTo("video_url");
        }
    }

    private static VideoRequest request(String fields) {
        String body = "{\"prompt\": \"p\"" + (fields.isEmpty() ? "" : ", " + fields) + "}";
        return VideoRequest.of(VideoRequest.json(body.getBytes(UTF_8)));
    }

    private static JobState completed() {
        ObjectRef object = new ObjectRef("galatea", "clip", "video/mp4", 1, Sha256.of(new byte[0]));
        Clip clip = new Clip(object, object, null, 96, 64, 33, 8);
        JobSpec spec =
                Fixtures.spec().withSettings(settings -> settings.upscale(2).interpolateToFps(24));
        return Fixtures.state(JobId.random(), JobStatus.COMPLETED, clip, null).withSpec(spec);
    }

    private static ObjectStore store() {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("bucket")) {
                        throw new AssertionError("nothing is asked of the store yet: " + method);
                    }
                    return "galatea";
                });
    }
}
