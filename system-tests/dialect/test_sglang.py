"""What the endpoint tests of SGLang and of clients made for it look at, tried here: JSON, extra bodies, both lengths."""

import json
import unittest

from server import PNG, DialectTest, get, post_form, post_json, post_multipart, send


class Creating(DialectTest):
    def test_takes_json_with_both_lengths(self):
        video = self.completed(post_json("/v1/videos", {
            "prompt": "make: a curious raccoon", "model": self.model, "size": self.size, "seconds": 400,
            "fps": self.fps, "num_frames": self.frames, "seed": 1024, "generator_device": "cuda"}))
        self.assertEqual(1024, video["seed"])
        self.assertEqual(str, type(video["seconds"]))
        self.assertTrue(get(f'/v1/videos/{video["id"]}/content').body)

    def test_takes_what_its_clients_send_by_default(self):
        self.created(post_json("/v1/videos", {
            "prompt": "make: it", "input_reference": None, "reference_url": None, "seconds": None,
            "num_frames": self.frames, "guidance_scale": None, "negative_prompt": None, "enable_teacache": False,
            "output_quality": "default", "output_compression": None, "output_path": None, "rollout": False,
            "rollout_sde_type": "sde", "diffusers_kwargs": None, "enable_upscaling": False, "upscaling_scale": 4}))

    def test_takes_an_extra_body(self):
        extra = {"num_frames": self.frames, "fps": self.fps, "seed": 7}
        self.assertEqual(7, self.completed(post_json("/v1/videos", {"prompt": "make: it", "extra_body": extra}))["seed"])
        answer = post_multipart("/v1/videos", {"prompt": "make: it", "seconds": "400", "extra_body": json.dumps(extra)},
                                {"input_reference": ("a.png", PNG, "image/png")})
        self.assertEqual(7, self.completed(answer)["seed"])

    def test_takes_a_picture_at_an_address(self):
        self.created(post_json("/v1/videos", {"prompt": "make: it", "reference_url": "https://example.com/a.png"}))

    def test_draws_a_seed_and_says_it(self):
        video = self.completed(post_json("/v1/videos", {"prompt": "make: it", "seed": -1}))
        self.assertGreaterEqual(video["seed"], 0)

    def test_makes_several(self):
        video = self.completed(post_json("/v1/videos", {
            "prompt": "make: two", "seed": 9, "num_outputs_per_prompt": 2}))
        seeds = {self.completed(get(f"/v1/videos/{video_id}"))["seed"] for video_id in
                 post_json("/v1/videos", {"prompt": "make: two more", "seed": 9, "n": 2}).json["batch"]}
        self.assertEqual(({9, 10}, 9), (seeds, video["seed"]))

    def test_refuses_by_name_what_it_can_not_do(self):
        for name, value in (("enable_teacache", True), ("enable_upscaling", True), ("output_compression", 50),
                            ("output_quality", "high"), ("diffusers_kwargs", {"a": 1}), ("rollout", True)):
            with self.subTest(name):
                self.refused(post_json("/v1/videos", {"prompt": "make: it", name: value}), name)


class Following(DialectTest):
    def test_knows_its_videos(self):
        video = self.completed(post_form("/v1/videos", {"prompt": "make: listed"}))
        self.assertIn(video["id"], [listed["id"] for listed in get("/v1/videos?limit=100").json["data"]])
        self.assertEqual(404, get("/v1/videos/video_gen_none").status)

    def test_cancels(self):
        video_id = self.created(post_form("/v1/videos", {"prompt": "hold: it"}))
        self.assertEqual(200, send("POST", f"/v1/videos/{video_id}/cancel").status)
        video = get(f"/v1/videos/{video_id}").json
        self.assertEqual(("failed", "cancelled"), (video["status"], video["error"]["code"]))


if __name__ == "__main__":
    unittest.main()
