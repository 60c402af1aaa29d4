// Why a request goes where it goes, as a picture: client, landing, decision, place.
import { h, panel, s } from "./dom.js";

/** The form; the address keeps what was asked, so that it can be sent to someone. */
export function form(model, asked) {
  const names = model.members.map((each) => each.name);
  return h(
    "form",
    { id: "ask", class: "ask" },
    h("label", { for: "url" }, "URL"),
    h("input", { id: "url", name: "url", type: "text", value: asked.url, placeholder: "https://shop.example/path", spellcheck: "false", autocomplete: "off", autocapitalize: "off", required: true }),
    names.length > 1 && [
      h("label", { for: "node" }, "lands at"),
      h("select", { id: "node", name: "node" }, names.map((name) => h("option", { value: name, selected: name === asked.node }, name))),
    ],
    h("button", { type: "submit" }, "Explain"),
  );
}

/** The picture of an answer. */
export function picture(answer, landing) {
  const own = answer.candidates.find((each) => each.node === landing);
  const usable = answer.candidates.filter((each) => each.usable);
  const forwarded = usable.find((each) => each.node !== landing);
  const target = answer.outcome === "serve" ? landing : answer.outcome === "forward" ? forwarded?.node ?? "" : "";
  return panel(
    "node",
    "Decision",
    answer.host + answer.path,
    h(
      "ol",
      { class: "flow" },
      stage("client", "Client", [h("b", null, "GET " + answer.path), h("span", null, "Host: " + answer.host)], null),
      stage("landing internet", "Lands at", [h("b", null, landing), h("span", null, "anycast, by the Internet")], "Internet"),
      stage("service", "Service", [h("b", null, answer.service ?? "none"), h("span", null, answer.service ? "answers for this host and path" : "no service answers for this host and path"), answer.rules.map((rule) => h("span", { class: "rule" }, rule))], "host, path"),
      h(
        "li",
        { class: "stage steps" },
        connector("candidates in order", ""),
        h("h3", null, "Candidates"),
        answer.candidates.length === 0 ? h("span", null, "none") : h("ol", { class: "candidates" }, candidates(answer, target)),
      ),
      stage("end " + answer.outcome, answer.outcome, [h("b", null, place(answer, target, own)), h("span", { class: "code" }, answer.reason), h("span", null, answer.why)], answer.outcome === "forward" ? "overlay, one hop" : ""),
    ),
  );
}

function place(answer, target, own) {
  if (answer.outcome === "decline") {
    return "no place";
  }
  return answer.outcome === "serve" ? (own ? "a backend at " + target : "here, at " + target) : target;
}

function candidates(answer, target) {
  let number = 0;
  let taken = false;
  return answer.candidates.map((each) => {
    const chosen = each.node === target;
    number += each.usable ? 1 : 0;
    taken = taken || chosen;
    const verdict = chosen ? "taken" : !each.usable ? "not usable" : taken ? "next" : "passed over";
    return h(
      "li",
      { class: { taken: "chosen", next: "usable", "passed over": "passed" }[verdict] ?? "unusable" },
      h("span", { class: "place" }, each.usable ? number + "." : "–"),
      h("b", null, each.node),
      h("span", { class: "verdict" }, verdict),
      h("span", { class: "because" }, each.why),
    );
  });
}

function stage(name, title, content, by) {
  return h("li", { class: "stage " + name }, by !== null && connector(by, name), h("h3", null, title), content);
}

function connector(label, name) {
  const kind = name.includes("internet") ? "internet" : name.includes("forward") ? "overlay" : "";
  return h(
    "span",
    { class: "connector " + kind },
    s("svg", { viewBox: "0 0 40 12", "aria-hidden": "true" }, s("path", { class: "shaft", d: "M0 6H33" }), s("path", { class: "tip", d: "M40 6l-8-4.5v9z" })),
    h("span", null, label),
  );
}
