"""A server of the /v1/videos dialect, as a client sees it that has nothing but Python's own library."""

import json
import os
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
import uuid

BASE = os.environ.get("GALATEA_URL", "http://127.0.0.1:8080")
PATIENCE = float(os.environ.get("GALATEA_PATIENCE", "120"))

# The smallest PNG, and the beginning of an MP4, which is all that tells one from the other at the door.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082")
MP4 = bytes.fromhex("0000001866747970") + b"isom" + bytes(64)


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def param(self):
        """The field that a refusal names."""
        return self.json["error"]["param"]


def send(method, path, body=None, headers=None):
    request = urllib.request.Request(BASE + path, data=body, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            return Answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read())


def get(path):
    return send("GET", path)


def delete(path):
    return send("DELETE", path)


def post_json(path, fields):
    return send("POST", path, json.dumps(fields).encode(), {"Content-Type": "application/json"})


def post_form(path, fields):
    """As HTTP libraries send a form that has no file."""
    return send("POST", path, urllib.parse.urlencode(fields).encode(),
                {"Content-Type": "application/x-www-form-urlencoded"})


def post_multipart(path, fields, files=None):
    """files: bytes with a file name and a media type, by the name of their field."""
    boundary = uuid.uuid4().hex
    parts = []
    for name, value in fields.items():
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    for name, (file, content, kind) in (files or {}).items():
        head = (f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
                f"Content-Type: {kind}\r\n\r\n")
        parts.append(head.encode() + content + b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return send("POST", path, b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={boundary}"})


class DialectTest(unittest.TestCase):
    """Prompts begin with "make:", for servers of tests that make nothing else."""

    @classmethod
    def setUpClass(cls):
        model = get("/v1/capabilities").json["models"][0]
        usual = model["defaults"]
        cls.model = model["id"]
        cls.fps = model["fps"]
        cls.size = f'{usual["width"]}x{usual["height"]}'
        cls.width, cls.height, cls.frames = usual["width"], usual["height"], usual["num_frames"]
        cls.seconds = cls.frames / cls.fps

    def created(self, answer):
        self.assertEqual(200, answer.status, answer.body)
        video = answer.json
        self.assertEqual("video", video["object"])
        self.assertIn(video["status"], ("queued", "in_progress", "completed"))
        return video["id"]

    def completed(self, answer):
        video_id = self.created(answer)
        end = time.monotonic() + PATIENCE
        while True:
            video = get(f"/v1/videos/{video_id}").json
            if video["status"] in ("completed", "failed"):
                self.assertEqual("completed", video["status"], video["error"])
                return video
            self.assertLess(time.monotonic(), end, f"{video_id} is not done in time: {video}")
            time.sleep(0.1)

    def refused(self, answer, param):
        self.assertEqual(400, answer.status, answer.body)
        self.assertEqual(param, answer.param, answer.body)
        self.assertIn("valid", answer.json["detail"])
