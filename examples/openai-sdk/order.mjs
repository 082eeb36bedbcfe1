// Orders a clip with the official client for Node: npm install openai
import { writeFile } from "node:fs/promises";
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.env.GALATEA_URL ?? "http://localhost:8080/v1", apiKey: "any" });
const prompt = process.argv[2] ?? "a red ball bounces under a blue sky";
let video = await client.videos.create({ prompt, seconds: "2", num_inference_steps: 12, seed: 7 });
while (video.status === "queued" || video.status === "in_progress") {
  const { data, response } = await client.videos.retrieve(video.id).withResponse();
  video = data;
  await new Promise(resolve => setTimeout(resolve, Number(response.headers.get("openai-poll-after-ms") ?? 0)));
}
if (video.status !== "completed") throw new Error(`${video.error.code}: ${video.error.message}`);
const clip = await client.videos.downloadContent(video.id);
await writeFile("ball.mp4", Buffer.from(await clip.arrayBuffer()));
console.log(video.id, video.size, video.seconds, video.seed);
