// Services x sites.
import { h, s } from "./dom.js";
import { ABSENT, word } from "./model.js";

/** Each state has a form of its own, so that its colour is not needed. */
const FORMS = {
  UP: () => s("circle", { cx: 6, cy: 6, r: 5 }),
  COLD: () => s("circle", { cx: 6, cy: 6, r: 4, class: "open" }),
  DRAINING: () => [s("circle", { cx: 6, cy: 6, r: 5, class: "outline" }), s("path", { d: "M1 6a5 5 0 0 0 10 0z" })],
  DOWN: () => s("path", { d: "M2 2l8 8m0-8l-8 8", class: "open" }),
};

/** A state as a mark with its word. */
export function signal(state) {
  if (state === ABSENT) {
    return h("span", { class: "signal absent" }, h("span", { "aria-hidden": "true" }, "–"), h("span", { class: "hidden" }, "absent"));
  }
  const form = Object.hasOwn(FORMS, state) ? FORMS[state] : null;
  return h(
    "span",
    { class: "signal " + String(state).toLowerCase().replace(/[^a-z]/g, "") },
    form && s("svg", { viewBox: "0 0 12 12", "aria-hidden": "true" }, form()),
    h("span", null, state),
  );
}

/** When each cell changed last, for as long as the page is open. */
const changed = new Map();
const MARKED_MILLIS = 6_000;

/** The table; a cell that has changed within some seconds is marked. */
export function matrix(model) {
  if (model.services.length === 0) {
    return h("p", { class: "empty" }, "No service is configured at the nodes that answer.");
  }
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": "Services by site" },
    h(
      "table",
      { class: "matrix" },
      h("caption", { class: "hidden" }, "The state of each service at each site"),
      h(
        "thead",
        null,
        h("tr", null, h("th", { scope: "col" }, "service"), model.sites.map((site) => h("th", { scope: "col", class: lost(model, site) ? "stale" : null }, site, lost(model, site) && h("small", null, " no answer")))),
      ),
      h(
        "tbody",
        null,
        model.services.map((service) =>
          h("tr", null, h("th", { scope: "row" }, service.name, h("small", null, service.identity)), service.cells.map((cell) => cellOf(service, cell))),
        ),
      ),
    ),
  );
}

function lost(model, site) {
  return model.members.some((each) => each.name === site && !each.live);
}

function cellOf(service, cell) {
  const key = service.name + "\n" + cell.site;
  const now = Date.now();
  const known = changed.get(key);
  if (!known || known.signal !== cell.signal) {
    changed.set(key, { signal: cell.signal, at: known ? now : 0 });
  }
  const fresh = now - changed.get(key).at < MARKED_MILLIS;
  const classes = [cell.stale && "stale", fresh && "changed", cell.disputed.length > 0 && "disputed"].filter(Boolean).join(" ");
  return h(
    "td",
    { class: classes || null, title: cell.why || null, "data-service": service.name, "data-site": cell.site },
    signal(cell.signal),
    cell.maintenance && h("span", { class: "limit", title: "Requests that land here get 503 (MAINTENANCE)" }, "in maintenance " + cell.maintenance),
    cell.disputed.map((each) => h("span", { class: "dispute" }, "≠ " + each.by + ": " + word(each.signal))),
    cell.unusable.length > 0 && h("span", { class: "limit", title: cell.unusable[0].why }, "not usable from " + cell.unusable.map((each) => each.by).join(", ")),
  );
}
