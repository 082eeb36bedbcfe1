#!/bin/sh
# Orders a clip with curl alone, and waits for it; -f makes what is refused an error.
set -eu
base=${GALATEA_URL:-http://localhost:8080/v1}
prompt=${1:-a red ball bounces under a blue sky}
curl -sSf "$base/videos/sync" --data-urlencode "prompt=$prompt" -d seconds=2 -d num_inference_steps=12 -d seed=7 -o ball.mp4
