// The sites on a ring: the overlay between them inside, the Internet and the upstream routers around it.
import { h, s } from "./dom.js";

const WIDTH = 700;
const HEIGHT = 450;
const CENTRE = { x: WIDTH / 2, y: HEIGHT / 2 };
const SITES = { x: 168, y: 100 };
const OVERLAY = { x: 222, y: 146 };
const ROUTERS = { x: 268, y: 184 };
const RADIUS = 25;

/** Not the middle, where the lines of other sessions cross. */
const BFD_AT = 0.36;

/** The picture, with all that is in it as text for who does not see it. */
export function ring(model) {
  const places = new Map(model.sites.map((site, index) => [site, angle(index, model.sites.length)]));
  return h(
    "figure",
    { class: "ring" },
    s(
      "svg",
      { viewBox: "0 0 " + WIDTH + " " + HEIGHT, role: "img", "aria-label": summary(model) },
      s("rect", { class: "ground-internet", x: 1, y: 1, width: WIDTH - 2, height: HEIGHT - 2, rx: 10 }),
      s("ellipse", { class: "ground-overlay", cx: CENTRE.x, cy: CENTRE.y, rx: OVERLAY.x, ry: OVERLAY.y }),
      s("text", { class: "plane-internet", x: CENTRE.x, y: HEIGHT - 16, "text-anchor": "middle" }, "Internet"),
      s("text", { class: "plane-overlay", x: CENTRE.x, y: CENTRE.y + OVERLAY.y - 10, "text-anchor": "middle" }, "overlay"),
      model.links.map((link) => overlayLink(link, at(places.get(link.from), SITES), at(places.get(link.to), SITES))),
      model.members.map((member) => upstreams(member, places.get(member.name))),
      model.sites.map((site) => siteMark(model, site, at(places.get(site), SITES))),
    ),
    h("figcaption", null, caption(model)),
  );
}

function angle(index, total) {
  return -Math.PI / 2 + (2 * Math.PI * index) / total + (total === 2 ? Math.PI / 2 : 0) + (total === 4 ? Math.PI / 4 : 0);
}

function at(radians, radius) {
  return { x: CENTRE.x + radius.x * Math.cos(radians), y: CENTRE.y + radius.y * Math.sin(radians) };
}

function line(from, to, name) {
  return s("line", { class: name, x1: from.x, y1: from.y, x2: to.x, y2: to.y });
}

/** A point on the way from one to another, so many units before the end. */
function before(from, to, units) {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: to.x - ((to.x - from.x) * units) / length, y: to.y - ((to.y - from.y) * units) / length };
}

function overlayLink(link, from, to) {
  const middle = { x: from.x + (to.x - from.x) * BFD_AT, y: from.y + (to.y - from.y) * BFD_AT };
  const marks = [line(from, to, "adjacency " + link.state.replace(" ", "-") + (link.stale ? " stale" : ""))];
  if (link.state === "up" && link.bfd === "alive") {
    marks.push(s("circle", { class: "bfd", cx: middle.x, cy: middle.y, r: 4.5 }));
  } else if (link.state !== "up") {
    marks.push(
      s("path", { class: "cross", d: "M" + (middle.x - 7) + " " + (middle.y - 7) + "l14 14m0 -14l-14 14" }),
      s("text", { class: "bad", x: middle.x, y: middle.y - 13, "text-anchor": "middle" }, link.state),
    );
  }
  return s("g", null, s("title", null, linkText(link)), marks);
}

/** What a session is, for a tooltip and for who does not see the picture. */
export function linkText(link) {
  return link.from + " - " + link.to + ": " + link.state + ", BFD " + link.bfd + (link.stale ? " (old)" : "");
}

function upstreams(member, radians) {
  if (!member.view) {
    return null;
  }
  const { sessions, prefixes } = member.view.ingress;
  return sessions.slice(0, 3).map((session, index) => {
    const spread = radians + (index - (Math.min(sessions.length, 3) - 1) / 2) * 0.28;
    const router = at(spread, ROUTERS);
    const site = at(radians, SITES);
    const mine = prefixes.filter((each) => each.upstream === session.upstream);
    const announced = mine.filter((each) => each.state === "announced").length;
    const up = session.state === "established";
    const end = before(site, router, 15);
    const aside = Math.abs(Math.cos(spread)) > 0.3 && Math.abs(Math.cos(spread)) < 0.85;
    const left = aside && router.x < CENTRE.x;
    const anchor = left ? "end" : aside ? "start" : "middle";
    const x = router.x + (left ? -16 : aside ? 16 : 0);
    const y = aside ? router.y - 1 : router.y < CENTRE.y - 1 ? router.y - 27 : router.y + 25;
    return s(
      "g",
      { class: member.live ? null : "stale" },
      s("title", null, member.name + " to AS" + session.asn + " at " + session.upstream + ": " + session.state + ", " + announced + " of " + mine.length + " prefixes announced"),
      line(before(router, site, RADIUS + 3), end, "announces" + (up && announced > 0 ? "" : " off")),
      up && announced > 0 && arrow(site, end),
      s("rect", { class: "router", x: router.x - 9, y: router.y - 9, width: 18, height: 18 }),
      s("text", { class: "as", x, y, "text-anchor": anchor }, "AS" + session.asn),
      s("text", { class: "as small", x, y: y + 13, "text-anchor": anchor }, up ? announced + "/" + mine.length + " announced" : session.state),
    );
  });
}

function arrow(from, to) {
  const turn = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  return s("path", { class: "arrow", d: "M1 0L-8 -4.5V4.5Z", transform: "translate(" + to.x + " " + to.y + ") rotate(" + turn + ")" });
}

function siteMark(model, site, place) {
  const member = model.members.find((each) => each.name === site);
  const state = !member ? "seen" : member.live ? "own" : "lost";
  return s(
    "g",
    { class: "site " + state },
    s("title", null, site + (state === "lost" ? ": does not answer" : "")),
    s("circle", { class: "body", cx: place.x, cy: place.y, r: RADIUS }),
    state === "own" && s("circle", { class: "inner", cx: place.x, cy: place.y, r: RADIUS - 4 }),
    s("text", { class: "name", x: place.x, y: place.y + 4.5, "text-anchor": "middle" }, site.length > 5 ? site.slice(0, 4) + "…" : site),
    s("text", { class: "tag", x: place.x, y: place.y + RADIUS + 13, "text-anchor": "middle" }, tag(model, state)),
  );
}

function tag(model, state) {
  return state === "lost" ? "no answer" : state === "own" && !model.fleet ? "this node" : "";
}

function summary(model) {
  return "Sites: " + model.sites.join(", ") + ". Sessions: " + (model.links.map(linkText).join("; ") || "none");
}

function caption(model) {
  const up = model.links.filter((each) => each.state === "up").length;
  const alive = model.links.filter((each) => each.bfd === "alive").length;
  return up + " of " + model.links.length + " sessions up, " + alive + " with BFD alive (dot)" + (model.fleet ? "" : ", as this node has them");
}
