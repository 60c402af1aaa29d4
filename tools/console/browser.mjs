// Drives a headless Chromium over the DevTools protocol (a pipe, no port): pages, pictures, what a page logs.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ANSWER_MILLIS = 30_000;

/** A browser of its own, with a profile that goes with it. */
export async function launch() {
  const profile = mkdtempSync(join(tmpdir(), "landfall-browser-"));
  const child = spawn(
    process.env.CHROMIUM ?? "/usr/bin/chromium",
    [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--no-first-run",
      "--no-proxy-server",
      "--hide-scrollbars",
      "--remote-debugging-pipe",
      "--user-data-dir=" + profile,
      "about:blank",
    ],
    { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
  );
  const failed = new Promise((resolve) => child.on("exit", () => resolve(new Error("chromium ended"))));
  const waiting = new Map();
  const listeners = new Map();
  let next = 0;
  const take = (data) => {
    if (data.id) {
      waiting.get(data.id)?.(data);
      waiting.delete(data.id);
    } else if (data.sessionId) {
      listeners.get(data.sessionId)?.(data.method, data.params);
    }
  };
  // A message each, with a zero byte behind it.
  let rest = Buffer.alloc(0);
  child.stdio[4].on("data", (data) => {
    rest = Buffer.concat([rest, data]);
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      take(JSON.parse(rest.subarray(0, end).toString("utf8")));
      rest = rest.subarray(end + 1);
    }
  });
  child.stdio[3].on("error", () => {});
  const send = async (method, params, sessionId) => {
    const id = ++next;
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(() => resolve(new Error("no answer to " + method)), ANSWER_MILLIS)));
    const answer = new Promise((resolve) => waiting.set(id, resolve));
    child.stdio[3].write(JSON.stringify({ id, method, params: params ?? {}, sessionId }) + "\0");
    const got = await Promise.race([answer, late, failed]);
    clearTimeout(timer);
    if (got instanceof Error || got.error) {
      throw got instanceof Error ? got : new Error(method + ": " + got.error.message);
    }
    return got.result;
  };
  return {
    page: (size) => page(send, listeners, size),
    close: async () => {
      child.kill("SIGKILL");
      await failed;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** One page; what it logs as a warning or error is kept in `complaints`. */
async function page(send, listeners, { width, height, dark, scale = 1 }) {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const complaints = [];
  listeners.set(sessionId, (method, params) => {
    if (method === "Runtime.exceptionThrown") {
      complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    } else if (method === "Runtime.consoleAPICalled" && ["error", "warning", "assert"].includes(params.type)) {
      complaints.push(params.args.map((each) => each.value ?? each.description).join(" "));
    } else if (method === "Log.entryAdded" && ["error", "warning"].includes(params.entry.level)) {
      complaints.push(params.entry.text + " " + (params.entry.url ?? ""));
    }
  });
  const call = (method, params) => send(method, params, sessionId);
  await call("Runtime.enable");
  await call("Log.enable");
  await call("Page.enable");
  await call("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: scale, mobile: width < 600 });
  await call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }] });
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await call("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    }
    return result.value;
  };
  return {
    complaints,
    call,
    evaluate,
    goto: (url) => call("Page.navigate", { url }),
    /** Waits until an expression is true. */
    until: async (expression, what, millis = 20_000) => {
      const end = Date.now() + millis;
      // A page that is not there yet has nothing that the expression could look at.
      while (!(await evaluate("(() => { try { return Boolean(" + expression + "); } catch { return false; } })()"))) {
        if (Date.now() > end) {
          throw new Error("never: " + (what ?? expression) + "\n" + (await evaluate("document.body.innerText")));
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    picture: async (clip) => Buffer.from((await call("Page.captureScreenshot", { format: "png", ...(clip ? { clip } : {}), captureBeyondViewport: clip !== undefined })).data, "base64"),
    close: () => send("Target.closeTarget", { targetId }),
  };
}
