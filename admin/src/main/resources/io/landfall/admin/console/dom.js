// Elements from text, never from markup: what a peer or a service is called is not trusted.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element. Children are nodes, texts, lists of such, or nothing. */
export function h(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** An SVG element. */
export function s(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(key, value === true ? "" : String(value));
    }
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) {
      element.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
  }
  return element;
}

/**
 * Makes the children of one element those of another, and keeps the nodes that are the same, so that
 * focus, selection and scrolled tables survive an update.
 */
export function replaceChildren(parent, wanted) {
  const list = wanted.flat(Infinity).filter((each) => each instanceof Node);
  list.forEach((want, index) => {
    const have = parent.childNodes[index];
    if (!have) {
      parent.append(want);
    } else if (!become(have, want)) {
      have.replaceWith(want);
    }
  });
  while (parent.childNodes.length > list.length) {
    parent.lastChild.remove();
  }
}

/** Whether one node could be made the same as another, and has been. */
function become(have, want) {
  if (have.nodeName !== want.nodeName || have.nodeType !== want.nodeType) {
    return false;
  }
  if (have.nodeType === Node.TEXT_NODE) {
    if (have.data !== want.data) {
      have.data = want.data;
    }
    return true;
  }
  if (have.getAttribute("data-key") !== want.getAttribute("data-key")) {
    return false;
  }
  for (const attribute of [...have.attributes]) {
    if (!want.hasAttribute(attribute.name)) {
      have.removeAttribute(attribute.name);
    }
  }
  for (const attribute of want.attributes) {
    if (have.getAttribute(attribute.name) !== attribute.value) {
      have.setAttribute(attribute.name, attribute.value);
    }
  }
  replaceChildren(have, [...want.childNodes]);
  return true;
}

/** A time of day in UTC, with milliseconds. */
export function clock(iso) {
  return typeof iso === "string" && iso.length >= 23 ? iso.slice(11, 23) : String(iso ?? "-");
}

/** A time with its date, to the second. */
export function moment(iso) {
  return typeof iso === "string" && iso.length >= 19 ? iso.slice(0, 10) + " " + iso.slice(11, 19) : "-";
}

/** A number of seconds as people say it. */
export function age(seconds) {
  if (seconds === null || seconds === undefined) {
    return "-";
  }
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) {
    return whole + " s";
  }
  if (whole < 3600) {
    return Math.floor(whole / 60) + " m " + String(whole % 60).padStart(2, "0") + " s";
  }
  if (whole < 86400) {
    return Math.floor(whole / 3600) + " h " + String(Math.floor((whole % 3600) / 60)).padStart(2, "0") + " m";
  }
  return Math.floor(whole / 86400) + " d " + String(Math.floor((whole % 86400) / 3600)).padStart(2, "0") + " h";
}

/** A count with its word. */
export function count(number, one, many) {
  return number + " " + (number === 1 ? one : many ?? one + "s");
}

/** A panel of one plane, or of the node itself. Its heading names the plane too. */
export function panel(plane, title, note, ...children) {
  const id = "p-" + title.toLowerCase().replace(/[^a-z]+/g, "-");
  const planes = { overlay: ["overlay"], internet: ["internet"], both: ["overlay", "internet"] }[plane] ?? [];
  return h(
    "section",
    { class: "panel " + plane, "aria-labelledby": id },
    h(
      "div",
      { class: "head" },
      h("h2", { id }, title),
      planes.map((each) => h("span", { class: "plane in-" + each }, each === "internet" ? "Internet" : each)),
      note && h("span", { class: "note" }, note),
    ),
    ...children,
  );
}

/** A table in a box of its own that scrolls sideways; numbers are right-aligned where a head says so. */
export function table(caption, heads, rows, empty) {
  if (rows.length === 0) {
    return h("p", { class: "empty" }, empty);
  }
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": caption },
    h(
      "table",
      null,
      h("caption", { class: "hidden" }, caption),
      h("thead", null, h("tr", null, heads.map((head) => h("th", { scope: "col", class: head[1] ?? null }, head[0])))),
      h(
        "tbody",
        null,
        rows.map((row) =>
          h(
            "tr",
            null,
            row.map((cell, index) =>
              index === 0 ? h("th", { scope: "row", class: heads[index][1] ?? null }, cell) : h("td", { class: heads[index][1] ?? null }, cell),
            ),
          ),
        ),
      ),
    ),
  );
}
