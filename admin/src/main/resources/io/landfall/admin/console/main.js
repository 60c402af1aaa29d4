// The console: asks for one view every two seconds while it is looked at, and shows it.
import { age, count, h, panel, replaceChildren } from "./dom.js";
import { form, picture } from "./explain.js";
import { matrix } from "./matrix.js";
import { problems, read } from "./model.js";
import { ring } from "./ring.js";
import { announced, internet, nodes, peers, problemList, refused, serviceDetails, timeline } from "./tables.js";

const INTERVAL = 2_000;
const SLOWEST = 16_000;
const TIMEOUT = 8_000;
const OLD_SECONDS = 6;

const VIEWS = [
  ["overview", "Overview"],
  ["services", "Services"],
  ["peers", "Peers"],
  ["upstreams", "Internet side"],
  ["refused", "Refused"],
  ["timeline", "Timeline"],
  ["explain", "Explain"],
];

const state = { model: null, updated: 0, failure: null, wait: INTERVAL, timer: 0, asking: false, explained: null };
const main = document.getElementById("main");

function route() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const parameters = new URLSearchParams(query ?? "");
  const view = VIEWS.some(([name]) => name === path) ? path : "overview";
  return { view, url: parameters.get("url") ?? "", node: parameters.get("node") ?? "" };
}

function show() {
  const asked = route();
  tabs(asked.view);
  document.title = VIEWS.find(([name]) => name === asked.view)[1] + " - Landfall console";
  freshness();
  if (!state.model) {
    replaceChildren(main, [h("p", { class: "empty" }, state.failure ? "No answer: " + state.failure : "Loading the first view.")]);
    return;
  }
  facts();
  replaceChildren(main, [h("div", { class: "view " + asked.view, "data-key": asked.view }, content(asked))]);
}

function content(asked) {
  const model = state.model;
  switch (asked.view) {
    case "services":
      return [sites(model), serviceDetails(model)];
    case "peers":
      return [peers(model), nodes(model)];
    case "upstreams":
      return internet(model);
    case "refused":
      return refused(model);
    case "timeline":
      return timeline(model, true);
    case "explain":
      return explainView(model, asked);
    default:
      return [
        panel("both", "Sites", count(model.sites.length, "site"), ring(model)),
        h("div", { class: "side" }, sites(model), problemList(model), announced(model)),
        timeline(model, false),
        model.fleet && nodes(model),
      ];
  }
}

function sites(model) {
  return panel("overlay", "Services by site", count(model.services.length, "service"), matrix(model));
}

function explainView(model, asked) {
  const landing = asked.node || model.members[0].name;
  const found = state.explained;
  const current = found && found.url === asked.url && found.landing === landing;
  if (asked.url && !current) {
    explain(asked.url, landing);
  }
  return [
    panel("node", "Where does this URL go?", null, form(model, { url: asked.url, node: landing })),
    current && found.answer && picture(found.answer, landing),
    current && found.problem && h("p", { class: "failed", role: "alert" }, found.problem),
    current && !found.answer && !found.problem && h("p", { class: "empty" }, "Asking " + landing + "."),
  ];
}

/** Asked again with each view for as long as it is looked at, since the answer changes. */
async function explain(url, landing) {
  const before = state.explained;
  const same = before && before.url === url && before.landing === landing;
  state.explained = same ? before : { url, landing, answer: null, problem: null };
  const found = { url, landing, answer: null, problem: null };
  try {
    const response = await fetch("explain?" + new URLSearchParams({ url, node: landing }), { signal: AbortSignal.timeout(TIMEOUT) });
    const body = await response.json();
    if (response.ok) {
      found.answer = body;
    } else {
      found.problem = body.detail;
    }
  } catch (failure) {
    found.problem = "No answer from " + landing + ": " + failure.message;
  }
  if (state.explained.url === url && state.explained.landing === landing) {
    state.explained = found;
    show();
  }
}

function tabs(current) {
  const list = document.getElementById("tabs");
  replaceChildren(list, VIEWS.map(([name, title]) => h("li", null, h("a", { href: "#/" + name, "aria-current": name === current ? "page" : null }, title))));
}

function facts() {
  const { members, fleet } = state.model;
  const first = members[0];
  const bad = problems(state.model).length;
  const pairs = fleet
    ? [
        ["fleet", members.filter((each) => each.live).length + " of " + count(members.length, "node")],
        ["version", [...new Set(state.model.views.map((each) => each.view.version))].join(", ") || "-"],
      ]
    : [
        ["node", first.name],
        ["identity", first.view?.identity ?? "-"],
        ["version", first.view?.version ?? "-"],
        ["config", first.view ? first.view.configuration.generation + " " + first.view.configuration.hash : "-"],
      ];
  pairs.push(["problems", String(bad)]);
  replaceChildren(
    document.getElementById("who"),
    pairs.map(([name, value]) => h("div", { class: name === "problems" && bad > 0 ? "bad" : null }, h("dt", null, name), h("dd", null, value))),
  );
}

/** The words of the live region change with the state only, so that a reader is not told each second. */
function freshness() {
  const seconds = (Date.now() - state.updated) / 1000;
  const lost = state.failure !== null && (state.updated === 0 || seconds > OLD_SECONDS);
  const word = lost ? "no answer" : state.updated === 0 ? "loading" : "live";
  const status = document.getElementById("status");
  if (status.textContent !== word) {
    status.textContent = word;
  }
  document.getElementById("age").textContent = state.updated === 0 ? "" : "last update " + age(seconds) + " ago";
  document.body.className = lost ? "stale" : "";
}

async function poll() {
  clearTimeout(state.timer);
  if (state.asking || document.hidden) {
    return;
  }
  state.asking = true;
  try {
    const response = await fetch("view", { signal: AbortSignal.timeout(TIMEOUT) });
    const body = await response.json();
    if (!response.ok) {
      throw new Error(body.detail);
    }
    state.model = read(body);
    state.updated = Date.now();
    state.failure = null;
    state.wait = INTERVAL;
    if (state.explained?.answer && route().view === "explain") {
      explain(state.explained.url, state.explained.landing);
    }
  } catch (failure) {
    state.failure = failure.message;
    state.wait = Math.min(SLOWEST, state.wait * 2);
  } finally {
    state.asking = false;
  }
  show();
  state.timer = setTimeout(poll, state.wait);
}

const THEMES = ["system", "light", "dark"];

function setTheme(name) {
  const root = document.documentElement;
  if (name === "system") {
    root.removeAttribute("data-theme");
  } else {
    root.setAttribute("data-theme", name);
  }
  document.getElementById("theme").textContent = "theme: " + name;
  try {
    localStorage.setItem("landfall-theme", name);
  } catch {
    // A browser that keeps nothing: the choice holds while the page is open.
  }
}

function keptTheme() {
  try {
    const kept = localStorage.getItem("landfall-theme");
    return THEMES.includes(kept) ? kept : "system";
  } catch {
    return "system";
  }
}

document.getElementById("theme").addEventListener("click", () => {
  const now = document.documentElement.getAttribute("data-theme") ?? "system";
  setTheme(THEMES[(THEMES.indexOf(now) + 1) % THEMES.length]);
});
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
document.addEventListener("submit", (event) => {
  event.preventDefault();
  const given = new FormData(event.target);
  const query = new URLSearchParams({ url: given.get("url") });
  if (given.get("node")) {
    query.set("node", given.get("node"));
  }
  state.explained = null;
  location.hash = "#/explain?" + query;
  show();
});
document.addEventListener("visibilitychange", poll);
window.addEventListener("hashchange", () => {
  show();
  // What was typed is kept over updates, but another link is another question.
  const input = document.getElementById("url");
  if (input && input.value !== route().url) {
    input.value = route().url;
  }
});
setInterval(freshness, 1_000);
setTheme(keptTheme());
show();
poll();
