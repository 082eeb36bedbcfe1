"""What the endpoint tests of vLLM-Omni look at, tried here: forms, references, parameters, waiting, listing, deleting."""

import base64
import json
import unittest

from server import MP4, PNG, DialectTest, delete, get, post_form, post_multipart

PICTURE_URL = "data:image/png;base64," + base64.b64encode(PNG).decode()
VIDEO_URL = "data:video/mp4;base64," + base64.b64encode(MP4).decode()

# Parameters of models that are not made here; a clip without them would not be the one that was asked for.
REFUSED = {
    "guidance_scale_2": "8.0",
    "true_cfg_scale": "4.0",
    "boundary_ratio": "0.7",
    "flow_shift": "0.25",
    "generate_sound": "true",
    "enable_frame_interpolation": "true",
    "lora": '{"name": "a"}',
    "audio_reference": '{"audio_url": "https://example.com/a.mp3"}',
    "control_reference": "a",
}


class Creating(DialectTest):
    def test_takes_a_form_without_files(self):
        video = self.completed(post_form("/v1/videos", {
            "prompt": "make: a cat", "size": self.size, "seconds": self.seconds, "fps": self.fps}))
        self.assertEqual("make: a cat", video["prompt"])
        self.assertEqual(100, video["progress"])
        self.assertGreaterEqual(video["completed_at"], video["created_at"])

    def test_says_the_parameters_that_were_given(self):
        video = self.completed(post_form("/v1/videos", {
            "prompt": "make: snow", "negative_prompt": "blurry", "seed": "123", "num_inference_steps": "3",
            "guidance_scale": "2.5"}))
        self.assertEqual((123, 3, 2.5), (video["seed"], video["num_inference_steps"], video["guidance_scale"]))
        self.assertEqual("blurry", video["job"]["negative_prompt"])

    def test_takes_width_and_height(self):
        self.created(post_form("/v1/videos", {"prompt": "make: it", "width": self.width, "height": self.height}))

    def test_takes_parameters_in_an_object(self):
        video = self.completed(post_form("/v1/videos", {
            "prompt": "make: it", "extra_params": json.dumps({"seed": 5}),
            "video_params": json.dumps({"num_frames": self.frames})}))
        self.assertEqual(5, video["seed"])

    def test_refuses_by_name_what_it_can_not_do(self):
        for name, value in REFUSED.items():
            with self.subTest(name):
                self.refused(post_form("/v1/videos", {"prompt": "make: it", name: value}), name)
        inner = json.dumps({"sample_solver": "euler"})
        self.refused(post_form("/v1/videos", {"prompt": "make: it", "extra_params": inner}),
                     "extra_params.sample_solver")

    def test_takes_what_is_off(self):
        self.created(post_form("/v1/videos", {
            "prompt": "make: it", "generate_sound": "false", "sound_duration": "2", "user": "me",
            "enable_frame_interpolation": "false", "frame_interpolation_exp": "1"}))

    def test_says_what_is_wrong(self):
        for fields, param in (
                ({"size": self.size}, "prompt"),
                ({"prompt": "make: it", "size": "640x"}, "size"),
                ({"prompt": "make: it", "seconds": "abc"}, "seconds"),
                ({"prompt": "make: it", "seconds": "2d"}, "seconds"),
                ({"prompt": "make: it", "extra_params": "{no JSON"}, "extra_params"),
                ({"prompt": "make: it", "extra_params": "[1, 2]"}, "extra_params"),
                ({"prompt": "make: it", "model": "no/such-model"}, "model")):
            with self.subTest(fields):
                self.refused(post_form("/v1/videos", fields), param)


class References(DialectTest):
    path = "/v1/videos"

    def accept(self, answer):
        self.created(answer)

    def test_takes_a_picture(self):
        self.accept(post_multipart(self.path, {"prompt": "make: a bear"}, {"input_reference": ("a.png", PNG, "image/png")}))

    def test_takes_a_picture_in_a_data_url(self):
        self.accept(post_form(self.path, {
            "prompt": "make: a fox", "image_reference": json.dumps({"image_url": PICTURE_URL})}))

    def test_takes_a_video_in_the_place_of_a_picture(self):
        self.accept(post_multipart(self.path, {"prompt": "make: more"}, {"input_reference": ("a.mp4", MP4, "video/mp4")}))

    def test_takes_a_video_in_a_data_url(self):
        self.accept(post_form(self.path, {
            "prompt": "make: more", "video_reference": json.dumps({"video_url": VIDEO_URL})}))

    def test_refuses_two_of_them(self):
        picture = json.dumps({"image_url": "https://example.com/a.png"})
        video = json.dumps({"video_url": "https://example.com/a.mp4"})
        self.refused(post_multipart(self.path, {"prompt": "make: it", "image_reference": picture},
                                    {"input_reference": ("a.png", PNG, "image/png")}), "image_reference")
        self.refused(post_form(self.path, {
            "prompt": "make: it", "image_reference": picture, "video_reference": video}), "video_reference")

    def test_refuses_files_of_another_server(self):
        for field in ("image_reference", "video_reference"):
            answer = post_form(self.path, {"prompt": "make: it", field: '{"file_id": "file-123"}'})
            self.refused(answer, field)
            self.assertEqual("reference_not_supported", answer.json["code"])


class Waiting(References):
    path = "/v1/videos/sync"

    def accept(self, answer):
        self.assertEqual(200, answer.status, answer.body)
        self.assertEqual("video/mp4", answer.headers["content-type"])

    def test_answers_with_the_clip_and_what_it_took(self):
        answer = post_form(self.path, {"prompt": "make: a cat", "num_inference_steps": "3", "seed": "42"})
        self.accept(answer)
        self.assertTrue(answer.headers["x-request-id"])
        self.assertEqual(self.model, answer.headers["x-model"])
        self.assertGreaterEqual(float(answer.headers["x-inference-time-s"]), 0)
        self.assertIn("denoising", json.loads(answer.headers["x-stage-durations"]))
        video = get(f'/v1/videos/{answer.headers["x-video-id"]}').json
        self.assertEqual(("completed", 42, 3), (video["status"], video["seed"], video["num_inference_steps"]))
        self.assertEqual(get(f'/v1/videos/{video["id"]}/content').body, answer.body)

    def test_says_what_is_wrong(self):
        self.refused(post_form(self.path, {"size": self.size}), "prompt")
        self.refused(post_form(self.path, {"prompt": "make: it", "flow_shift": "5"}), "flow_shift")


class Keeping(DialectTest):
    def test_lists_in_both_orders_by_pages(self):
        made = [self.completed(post_form("/v1/videos", {"prompt": f"make: {i}"}))["id"] for i in range(3)]
        page = get("/v1/videos?order=desc&limit=2").json
        self.assertEqual(("list", made[:0:-1], made[2], made[1], True),
                         (page["object"], [video["id"] for video in page["data"]], page["first_id"],
                          page["last_id"], page["has_more"]))
        page = get(f"/v1/videos?order=asc&after={made[0]}").json
        self.assertEqual((made[1:], False), ([video["id"] for video in page["data"]], page["has_more"]))

    def test_names_the_file(self):
        video_id = self.completed(post_form("/v1/videos", {"prompt": "make: a file"}))["id"]
        content = get(f"/v1/videos/{video_id}/content")
        self.assertEqual("video/mp4", content.headers["content-type"])
        self.assertIn(f"{video_id}.mp4", content.headers["content-disposition"])

    def test_deletes_what_is_done_and_what_is_not(self):
        done = self.completed(post_form("/v1/videos", {"prompt": "make: to go"}))["id"]
        open_ = self.created(post_form("/v1/videos", {"prompt": "hold: to go"}))
        for video_id in (done, open_):
            self.assertEqual({"id": video_id, "deleted": True, "object": "video.deleted"},
                             delete(f"/v1/videos/{video_id}").json)
            self.assertEqual(404, get(f"/v1/videos/{video_id}").status)
            self.assertEqual(404, get(f"/v1/videos/{video_id}/content").status)


if __name__ == "__main__":
    unittest.main()
