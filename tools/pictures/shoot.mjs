// Pictures of a console: the overview in light and dark just after a drain, and a decision.
//
//   node tools/pictures/shoot.mjs URL SOCKET FOLDER
//
// SOCKET is the admin socket of the site "fra".
import { writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { deflateSync, inflateSync } from "node:zlib";
import { launch } from "../console/browser.mjs";

const [url, socket, folder] = process.argv.slice(2);
const WIDTH = 1280;
const HEIGHT = 760;
const QUIET_MILLIS = 6_000;
const MOST_MILLIS = 45_000;
const PNG_HEAD = 8;

/** The same PNG with its data deflated as far as it goes: Chromium is in a hurry. */
function smaller(png) {
  const chunks = [];
  for (let at = PNG_HEAD; at < png.length; at += 12 + png.readUInt32BE(at)) {
    chunks.push({ name: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + png.readUInt32BE(at)) });
  }
  const data = deflateSync(inflateSync(Buffer.concat(chunks.filter((each) => each.name === "IDAT").map((each) => each.data))), { level: 9 });
  const kept = [chunks.find((each) => each.name === "IHDR"), { name: "IDAT", data }, { name: "IEND", data: Buffer.alloc(0) }];
  return Buffer.concat([png.subarray(0, PNG_HEAD), ...kept.map(chunk)]);
}

function chunk({ name, data }) {
  const named = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const out = Buffer.alloc(named.length + 8);
  out.writeUInt32BE(data.length, 0);
  named.copy(out, 4);
  out.writeUInt32BE(crc(named), out.length - 4);
  return out;
}

/** CRC-32, as PNG has it. */
function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    }
  }
  return (value ^ 0xffffffff) >>> 0;
}

function drain() {
  return new Promise((resolve, reject) => {
    const asked = http.request({ socketPath: socket, path: "/v1/drain", method: "POST", headers: { host: "localhost" } }, (answer) => {
      answer.resume();
      answer.on("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error("the drain: " + answer.statusCode))));
    });
    asked.on("error", reject);
    asked.end(JSON.stringify({ service: "shop" }));
  });
}

const browser = await launch();
const pages = [];
for (const [name, dark] of [["console-light.png", false], ["console-dark.png", true]]) {
  const page = await browser.page({ width: WIDTH, height: HEIGHT, dark });
  await page.goto(url + "#/overview");
  await page.until("document.querySelector('.view .panel') !== null", "the view");
  pages.push({ name, page });
}
// What the start of a browser does to the lab on a small machine is to be over.
const quiet = "[...document.querySelectorAll('.ring .adjacency')].every((line) => line.classList.contains('up')) && document.querySelector('.limit') === null";
const begun = Date.now();
for (let since = begun; Date.now() - since < QUIET_MILLIS && Date.now() - begun < MOST_MILLIS; ) {
  if (!(await pages[0].page.evaluate(quiet))) {
    since = Date.now();
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
}
await drain();
for (const { name, page } of pages) {
  await page.call("Page.bringToFront"); // A page behind another asks for nothing.
  await page.until("document.body.innerText.includes('UP -> DRAINING')", name);
  writeFileSync(join(folder, name), smaller(await page.picture()));
}
const decision = await browser.page({ width: WIDTH, height: 440, dark: false });
await decision.goto(url + "#/explain?url=http://shop.lab/cart&node=fra");
await decision.until("document.querySelector('.stage.end') !== null", "the decision");
writeFileSync(join(folder, "console-explain.png"), smaller(await decision.picture()));
const complaints = [...pages.map((each) => each.page), decision].flatMap((each) => each.complaints);
await browser.close();
if (complaints.length > 0) {
  console.error("pictures: the console logs " + complaints.join("; "));
  process.exit(1);
}
