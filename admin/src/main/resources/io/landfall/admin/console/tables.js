// The views that are tables: services in detail, peers, the Internet side, refusals, events, problems.
import { age, clock, count, h, moment, panel, table } from "./dom.js";
import { signal } from "./matrix.js";
import { disputes, problems } from "./model.js";

const FIRST_EVENTS = 14;

/** What is wrong, by node. */
export function problemList(model) {
  const found = problems(model);
  const differing = disputes(model);
  return panel(
    "node",
    "Problems",
    found.length + differing.length === 0 ? null : String(found.length + differing.length),
    found.length + differing.length === 0
      ? h("p", { class: "empty good" }, "no problems")
      : h(
          "ul",
          { class: "problems" },
          differing.map((text) => h("li", null, h("b", null, "nodes differ"), " ", text)),
          found.map((each) => h("li", null, h("b", null, each.node), " ", each.text)),
        ),
  );
}

/** The events; the first few, or all. */
export function timeline(model, all) {
  const watched = model.views.filter((each) => each.view.eventsSince !== null);
  const since = watched.map((each) => each.view.eventsSince).sort()[0];
  const shown = all ? model.events : model.events.slice(0, FIRST_EVENTS);
  const note = since ? "since " + moment(since) + ", when a console was opened" : "not kept: as many watch as may";
  return panel(
    "overlay",
    "Timeline",
    note,
    table(
      "Events, newest first",
      [["time", "num"], ...(model.fleet ? [["node"]] : []), ["kind"], ["what"], ["change", "most"], ["cause"], ["why", "wide"]],
      shown.map((event) => [clock(event.time), ...(model.fleet ? [event.node] : []), event.type, event.what, event.change, event.cause, event.why]),
      "Nothing has changed since then.",
    ),
    !all && model.events.length > shown.length && h("p", null, h("a", { href: "#/timeline" }, "all " + model.events.length + " events")),
  );
}

/** What each node has of each service. */
export function serviceDetails(model) {
  const rows = model.views.flatMap((member) =>
    member.view.services.filter((each) => each.local !== null).map((service) => [
      service.name,
      member.name,
      signal(service.local.signal),
      service.local.why,
      service.local.backends.map((backend) => h("div", null, backend.url + " ", h("b", { class: backend.healthy ? "ok" : "bad" }, backend.healthy ? "up" : "down"), backend.drained && " drained", !backend.healthy && backend.lastError && ": " + backend.lastError)),
      service.hosts.join(" ") + (service.paths.length > 0 ? " " + service.paths.join(" ") : ""),
    ]),
  );
  return panel("overlay", "Services where they are hosted", null, table("Services where they are hosted", [["service"], ["node"], ["signal"], ["why", "wide"], ["backends"], ["hosts"]], rows, "No node that answers hosts a service."));
}

/** The peers of the overlay. */
export function peers(model) {
  const rows = model.views.flatMap((member) =>
    member.view.peers.map((peer) => [
      peer.name ?? "-",
      ...(model.fleet ? [member.name] : []),
      h("span", { class: peer.state === "established" ? "ok" : "bad" }, peer.state),
      age(peer.sinceSeconds),
      bfdOf(member.view, peer),
      peer.endpoint,
      peer.identity ?? "-",
      peer.routesReceived,
      peer.routesAccepted,
      peer.routesRefused,
      peer.routesSent,
      peer.lastError ?? "-",
    ]),
  );
  return panel(
    "overlay",
    "Peers",
    count(rows.length, "row"),
    table(
      "Peers and candidates",
      [["peer"], ...(model.fleet ? [["at node"]] : []), ["session"], ["for", "num"], ["BFD path"], ["endpoint", "num"], ["identity", "num"], ["received", "num"], ["accepted", "num"], ["refused", "num"], ["sent", "num"], ["last error", "wide"]],
      rows,
      "This node has no peers and no candidates.",
    ),
  );
}

function bfdOf(view, peer) {
  const row = view.bfd.find((each) => each.peer === peer.name);
  return row ? row.path : "none";
}

/** What was refused, by peer and rule. */
export function refused(model) {
  const rows = model.views.flatMap((member) =>
    member.view.refused.map((row) => [row.peer, ...(model.fleet ? [member.name] : []), row.reason, row.rule, row.count, row.last ? moment(row.last) : "-", row.what]),
  );
  return panel(
    "overlay",
    "Refused",
    "since each node started",
    table("What was refused", [["peer"], ...(model.fleet ? [["at node"]] : []), ["reason", "num"], ["rule"], ["count", "num"], ["last", "num"], ["what was refused last", "wide"]], rows, "Nothing was refused."),
  );
}

/** The prefixes in brief: at how many upstreams each is announced, and where it is not. */
export function announced(model) {
  const byPrefix = new Map();
  for (const member of model.views) {
    for (const each of member.view.ingress.prefixes) {
      byPrefix.set(each.prefix, [...(byPrefix.get(each.prefix) ?? []), { node: member.name, ...each }]);
    }
  }
  const rows = [...byPrefix].map(([prefix, all]) => {
    const other = all.filter((each) => each.state !== "announced");
    return [
      prefix,
      h("span", { class: other.length === 0 ? "ok" : "bad" }, "at " + (all.length - other.length) + " of " + count(all.length, "upstream")),
      other.length === 0 ? "-" : other.map((each) => each.node + ": " + each.state).join(", "),
    ];
  });
  const sent = model.views.map((each) => each.name + " " + each.view.ingress.updatesSent).join(", ");
  return panel(
    "internet",
    "What is announced",
    "coupling to services: none",
    table("Prefixes announced", [["prefix", "num"], ["announced"], ["not announced", "wide"]], rows, "No prefix is configured."),
    h("p", null, "updates sent since the start: " + sent + ". ", h("a", { href: "#/upstreams" }, "Upstream sessions")),
  );
}

/** The Internet side: sessions, prefixes, and that nothing couples them to services. */
export function internet(model) {
  const sessions = model.views.flatMap((member) =>
    member.view.ingress.sessions.map((each) => [
      member.name,
      "AS" + each.asn,
      each.upstream,
      h("span", { class: each.state === "established" ? "ok" : "bad" }, each.state),
      moment(each.since),
      each.lastError ?? "-",
    ]),
  );
  const prefixes = model.views.flatMap((member) =>
    member.view.ingress.prefixes.map((each) => [each.prefix, member.name, each.upstream, h("span", { class: each.state === "announced" ? "ok" : "bad" }, each.state), moment(each.since)]),
  );
  const facts = model.views.map((member) => [member.name, member.view.ingress.intent, member.view.ingress.updatesSent, member.view.ingress.operator ?? "-", "none"]);
  return [
    panel(
      "internet",
      "What is announced",
      "coupling to services: none",
      table("Prefixes announced", [["prefix"], ["node"], ["upstream", "num"], ["state"], ["since", "num"]], prefixes, "No prefix is configured."),
    ),
    panel("internet", "Upstream sessions", null, table("Upstream sessions", [["node"], ["AS", "num"], ["upstream", "num"], ["session"], ["since", "num"], ["last error", "wide"]], sessions, "No upstream is configured.")),
    panel(
        "internet",
        "Intent",
        "UPDATE messages change by an operator, never by a service",
        table("Intent by node", [["node"], ["intent"], ["updates sent", "num"], ["asked by operators", "wide"], ["coupling to services"]], facts, "No node answers."),
      ),
  ];
}

/** The nodes that this console asks. */
export function nodes(model) {
  return panel(
    "node",
    "Nodes",
    null,
    table(
      "Nodes of this console",
      [["node"], ["identity", "num"], ["version", "num"], ["config", "num"], ["in force since", "num"], ["answer"], ["asked at"]],
      model.members.map((each) => [
        each.name,
        each.view?.identity ?? "-",
        each.view?.version ?? "-",
        each.view ? each.view.configuration.generation + " " + each.view.configuration.hash : "-",
        each.view ? moment(each.view.configuration.since) : "-",
        each.live ? h("span", { class: "ok" }, "answers") : h("span", { class: "bad" }, "no answer" + (each.view ? " for " + age(each.ageSeconds) : "")),
        each.from,
      ]),
      "No node.",
    ),
  );
}
