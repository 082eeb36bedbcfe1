// What a program does that was written for another server: the official client as it comes, without retries.
// GALATEA_URL is the base, such as http://127.0.0.1:8080/v1. Behind it, prompts that begin with "make:" become clips.
import assert from "node:assert/strict";
import test from "node:test";
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.env.GALATEA_URL, apiKey: "any", maxRetries: 0, timeout: 120_000 });

async function ended(id) {
  for (;;) {
    const { data: video, response } = await client.videos.retrieve(id).withResponse();
    if (video.status === "completed" || video.status === "failed") return video;
    const pause = Number(response.headers.get("openai-poll-after-ms"));
    assert.ok(pause > 0, "says when to ask again");
    await new Promise(resolve => setTimeout(resolve, Math.min(pause, 500)));
  }
}

async function bytes(id, variant) {
  const content = await client.videos.downloadContent(id, variant && { variant });
  return { type: content.headers.get("content-type"), body: Buffer.from(await content.arrayBuffer()) };
}

test("creates, polls and downloads", async () => {
  const created = await client.videos.create({ prompt: "make: a clip for Node", model: "pebble", seed: 11 });
  assert.equal(created.object, "video");
  assert.equal(typeof created.progress, "number");
  const done = await ended(created.id);
  assert.equal(done.status, "completed");
  assert.equal(done.progress, 100);
  assert.equal(done.prompt, "make: a clip for Node");
  assert.equal(done.seconds, "4.125");
  assert.equal(done.size, "96x64");
  assert.equal(done.seed, 11);
  assert.equal(done.error, null);
  assert.ok(done.completed_at >= done.created_at);
  const clip = await bytes(done.id);
  assert.equal(clip.type, "video/mp4");
  assert.ok(clip.body.length > 0);
  for (const variant of ["thumbnail", "spritesheet"]) {
    const picture = await bytes(done.id, variant);
    assert.equal(picture.type, "image/jpeg");
    assert.ok(picture.body.length > 0);
  }
  const remix = await client.videos.remix(done.id, { prompt: "make: another" });
  assert.equal(remix.remixed_from_video_id, done.id);
});

test("lists to the end", async () => {
  const made = [];
  for (let i = 0; i < 5; i++) made.push((await client.videos.create({ prompt: `make: listed ${i}` })).id);
  await Promise.all(made.map(ended));
  const listed = [];
  for await (const video of client.videos.list({ limit: 2, order: "asc" })) listed.push(video.id);
  assert.equal(new Set(listed).size, listed.length, "nothing twice");
  assert.deepEqual(listed.filter(id => made.includes(id)), made);
});

test("deletes", async () => {
  const { id } = await client.videos.create({ prompt: "make: to go" });
  await ended(id);
  assert.deepEqual(await client.videos.delete(id), { id, deleted: true, object: "video.deleted" });
  await assert.rejects(client.videos.retrieve(id), OpenAI.NotFoundError);
});

test("throws what the client knows", async () => {
  await assert.rejects(client.videos.retrieve("0198c0de-7a11-7c3b-9b54-5d0a6a1f2e01"), error => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.deepEqual([error.status, error.code, error.type, error.param], [404, "unknown_video", "invalid_request_error", "id"]);
    return true;
  });
  await assert.rejects(client.videos.create({ prompt: "refuse: this" }), error => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.deepEqual([error.code, error.param], ["invalid_size", "width"]);
    return true;
  });
  await assert.rejects(client.videos.list({ limit: 0 }), OpenAI.BadRequestError);
  const held = await client.videos.create({ prompt: "hold: it" });
  await assert.rejects(client.videos.downloadContent(held.id), OpenAI.ConflictError);
  await client.post(`/videos/${held.id}/cancel`);
  const cancelled = await ended(held.id);
  assert.equal(cancelled.status, "failed");
  assert.equal(cancelled.error.code, "cancelled");
});
