// Looks at a console with a browser, as a person and a hostile network would use it.
//
//   node tools/console/check.mjs URL SOCKET AXE
//
// URL is what `landfall console` printed for a lab of several sites, SOCKET the admin socket of the site "fra", AXE the file
// axe.min.js. Prints a line for each check, and ends with 1 if one of them failed.
import { readFileSync } from "node:fs";
import http from "node:http";
import { launch } from "./browser.mjs";
import { keyboard } from "./keyboard.mjs";

const [url, socket, axe] = process.argv.slice(2);
const rules = readFileSync(axe, "utf8");
const VIEWS = ["overview", "services", "peers", "upstreams", "refused", "timeline", "explain?url=media.lab/x", "explain"];
const TABS = [
  ["overview", "Overview"],
  ["services", "Services"],
  ["peers", "Peers"],
  ["upstreams", "Internet side"],
  ["refused", "Refused"],
  ["timeline", "Timeline"],
  ["explain", "Explain"],
];
const HOSTILE = [
  "<img src=x onerror=\"window.hit=1\">",
  "\"><script>window.hit=1</script>",
  "</svg><svg onload=window.hit=1>",
  "javascript:window.hit=1",
  "{{constructor.constructor('window.hit=1')()}}",
  "__proto__",
  "constructor",
  "\u202egnp.exe\u0000\u0007",
  "x".repeat(3_000),
];
let failures = 0;

function check(name, wrong) {
  const bad = wrong !== null && wrong !== undefined && wrong !== false && !(Array.isArray(wrong) && wrong.length === 0);
  failures += bad ? 1 : 0;
  console.log((bad ? "FAILED " : "ok ") + name + (bad ? ": " + JSON.stringify(wrong).slice(0, 1500) : ""));
}

function request(options, body) {
  return new Promise((resolve, reject) => {
    const asked = http.request(options, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

const command = (path, more = {}) =>
  request({ socketPath: socket, path, method: "POST", headers: { host: "localhost" } }, JSON.stringify({ service: "shop", ...more }));

/** Violations of axe's rules on the page as it is; injected, so the page's own policy is set aside. */
async function violations(page) {
  await page.evaluate(rules + ";0");
  return page.evaluate(
    "axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations.map((v) => v.id + ' ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ')))",
  );
}

const shown = (view) => "document.querySelector('.view." + view.split("?")[0] + " .panel') !== null";

/** Each view in each light and width: nothing logged, no sideways scroll, nothing that axe finds. */
async function views(browser, base) {
  for (const dark of [false, true]) {
    for (const width of [1440, 360]) {
      const page = await browser.page({ width, height: 900, dark });
      await page.call("Page.setBypassCSP", { enabled: true });
      for (const view of VIEWS) {
        const name = view + (dark ? " dark " : " light ") + width;
        await page.goto(base + "#/" + view);
        await page.until(shown(view), name);
        if (view.includes("url=")) {
          await page.until("document.querySelector('.stage.end') !== null", "the picture of explain");
        }
        check(name + " does not scroll sideways", (await page.evaluate("document.documentElement.scrollWidth > innerWidth")) && name);
        check(name + " has what axe wants", await violations(page));
      }
      check((dark ? "dark " : "light ") + width + " logs nothing", page.complaints);
      await page.close();
    }
  }
}

/** What is drained is seen to drain, on the page that was open before. */
async function live(browser) {
  const page = await browser.page({ width: 1440, height: 900, dark: false });
  await page.goto(url);
  const cell = "(document.querySelector('td[data-service=shop][data-site=fra]')?.innerText ?? '')";
  await page.until(cell + ".includes('UP')", "shop is UP at fra");
  await page.evaluate("window.sameDocument = true; document.querySelector('#tabs a').focus()");
  check("the drain is taken", (await command("/v1/drain")).status !== 200);
  await page.until(cell + ".includes('DRAINING')", "shop is DRAINING at fra");
  await page.until("document.body.innerText.includes('service shop is DRAINING here')", "the problem is shown");
  await page.until("[...document.querySelectorAll('tbody tr')].some((r) => r.innerText.includes('shop') && r.innerText.includes('UP -> DRAINING'))", "the event is shown");
  check("the drain is undone", (await command("/v1/undrain")).status !== 200);
  await page.until(cell + ".includes('UP')", "shop is UP again");
  check("the maintenance is taken", (await command("/v1/maintenance", { on: true })).status !== 200);
  await page.until(cell + ".includes('in maintenance by an operator')", "shop is in maintenance at fra");
  check("the maintenance ends", (await command("/v1/maintenance", { on: false })).status !== 200);
  await page.until("!" + cell + ".includes('maintenance')", "shop is in maintenance no longer");
  check("the page was not loaded anew, and the focus stayed", !(await page.evaluate("window.sameDocument && document.activeElement.closest('#tabs') !== null")));

  await page.goto(url + "#/explain");
  await page.until("document.getElementById('url') !== null", "the form");
  await page.evaluate("document.getElementById('node').value = 'fra'; document.getElementById('url').value = 'http://media.lab/film'; document.querySelector('#ask button').click()");
  await page.until("document.querySelector('.chosen b')?.innerText === 'nyc'", "media is forwarded to nyc");
  check("explain says what is done, and why", !(await page.evaluate("document.querySelector('.stage.end').innerText.includes('REMOTE_UP')")));
  check("a question can be sent as a link", !(await page.evaluate("location.hash.includes('url=http%3A%2F%2Fmedia.lab%2Ffilm') && location.hash.includes('node=fra')")));
  await page.goto(url + "#/explain?url=ftp://x/");
  await page.until("document.querySelector('[role=alert]')?.innerText.includes('no http or https URL')", "a wrong URL is explained");
  page.complaints.splice(0, page.complaints.length, ...page.complaints.filter((each) => !each.includes("status of 400")));

  await page.evaluate("document.getElementById('theme').click()");
  check("the theme is switched", (await page.evaluate("document.documentElement.dataset.theme")) !== "light");
  await page.evaluate("document.getElementById('skip').click()");
  check("the skip link goes to the content", (await page.evaluate("document.activeElement.id")) !== "main");
  check("all of that logs nothing", page.complaints);
  await page.close();
}

/** Every text of the view becomes a hostile one, with names that stay the same among each other. */
function poisoned(value, key, seen) {
  if (typeof value === "string") {
    if (!seen.has(value)) {
      seen.set(value, HOSTILE[seen.size % HOSTILE.length] + (seen.size >= HOSTILE.length ? seen.size : ""));
    }
    // Without its kind a peer is none, and times are made by the node itself.
    return key === "kind" || key === "time" ? value : seen.get(value);
  }
  if (Array.isArray(value)) {
    return value.map((each) => poisoned(each, key, seen));
  }
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, poisoned(each, name, seen)]));
  }
  return value;
}

/** The console as it is, its headers included, behind a place that changes or breaks its answers. */
async function between() {
  const state = { hostile: true, broken: false };
  const at = new URL(url);
  const server = http.createServer(async (asked, answer) => {
    if (state.broken) {
      asked.socket.destroy();
      return;
    }
    const real = await request({ host: at.hostname, port: at.port, path: asked.url.replace(/node=[^&]*/, "node=fra"), headers: { host: at.host } });
    const changed = state.hostile && /\/(view|explain)(\?|$)/.test(asked.url);
    const body = changed ? Buffer.from(JSON.stringify(poisoned(JSON.parse(real.body.toString("utf8")), "", new Map()))) : real.body;
    answer.writeHead(real.status, { ...real.headers, "content-length": body.length });
    answer.end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { state, url: "http://127.0.0.1:" + server.address().port + at.pathname, close: () => (server.closeAllConnections(), server.close()) };
}

async function hostile(browser, place) {
  for (const width of [1440, 360]) {
    const page = await browser.page({ width, height: 900, dark: false });
    for (const view of VIEWS) {
      await page.goto(place.url + "#/" + view);
      await page.until(shown(view), "hostile " + view);
      if (view.includes("url=")) {
        await page.until("document.querySelector('.stage.end') !== null", "hostile explain");
      }
      check("hostile names on " + view + " " + width + " are text", await page.evaluate("window.hit !== undefined || document.querySelectorAll('main img, main script, main [onload], main [onerror]').length > 0"));
      check("hostile names on " + view + " " + width + " do not scroll the page", await page.evaluate("document.documentElement.scrollWidth > innerWidth"));
    }
    check("hostile names " + width + " are shown as they are", !(await page.evaluate("document.body.innerText.includes('<img src=x onerror=') || document.body.textContent.includes('<img src=x onerror=')")));
    check("hostile names " + width + " log nothing", page.complaints);
    await page.close();
  }
}

/** A node that is gone: its last view stays, marked as old; it comes back by itself. */
async function gone(browser, place) {
  place.state.hostile = false;
  const page = await browser.page({ width: 1440, height: 900, dark: false });
  await page.goto(place.url);
  await page.until("document.getElementById('status').textContent === 'live'", "live");
  place.state.broken = true;
  await page.until("document.getElementById('status').textContent === 'no answer' && document.body.classList.contains('stale')", "no answer", 30_000);
  check("the old view stays", !(await page.evaluate("document.querySelectorAll('.matrix tbody tr').length > 0 && /last update \\d+ s ago/.test(document.body.innerText)")));
  place.state.broken = false;
  await page.until("document.getElementById('status').textContent === 'live' && !document.body.classList.contains('stale')", "live again", 40_000);
  await page.close();
}

const browser = await launch();
try {
  await live(browser);
  await keyboard(browser, url, TABS, check);
  await views(browser, url);
  const place = await between();
  await hostile(browser, place);
  await gone(browser, place);
  place.close();
} catch (failure) {
  check("the browser's steps", failure.message);
} finally {
  await browser.close();
}
process.exit(failures === 0 ? 0 : 1);
