"""Orders a clip with the official Python client: pip install openai"""

import os
import sys
from openai import OpenAI

client = OpenAI(base_url=os.environ.get("GALATEA_URL", "http://localhost:8080/v1"), api_key="any")
prompt = sys.argv[1] if len(sys.argv) > 1 else "a red ball bounces under a blue sky"
video = client.videos.create_and_poll(
    prompt=prompt,
    seconds="2",
    extra_body={"num_inference_steps": 12, "seed": 7},
)
if video.status != "completed":
    sys.exit(f"{video.error.code}: {video.error.message}")
client.videos.download_content(video.id).write_to_file("ball.mp4")
print(video.id, video.size, video.seconds, video.seed)
