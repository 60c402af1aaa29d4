// The console with the keyboard alone: what Tab reaches and in which order, that the focus is seen, and that each view is reached.

const KEYS = {
  Tab: { code: "Tab", windowsVirtualKeyCode: 9 },
  Enter: { code: "Enter", windowsVirtualKeyCode: 13, text: "\r" },
  " ": { code: "Space", windowsVirtualKeyCode: 32, text: " " },
  ArrowDown: { code: "ArrowDown", windowsVirtualKeyCode: 40 },
  ArrowRight: { code: "ArrowRight", windowsVirtualKeyCode: 39 },
};
const SHIFT = 8;

/** More than any view has to be stepped through: whoever needs more is in a trap. */
const MOST_STEPS = 60;

/** The least contrast of what shows the focus (WCAG 2.2, 1.4.11). */
const LEAST_CONTRAST = 3;

/** Everything that Tab should reach, in the order of the document, by a name each. */
const REACHABLE = `(() => {
  window.nameOf ??= (e) => e.tagName.toLowerCase() + ":" + (e.id || e.getAttribute("aria-label") || e.textContent.trim().slice(0, 40));
  return [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    .filter((e) => !e.disabled && e.getClientRects().length > 0)
    .map(nameOf);
})()`;

/** Where the focus is, and whether it can be seen there; null outside of the page. */
const FOCUSED = `(() => {
  const e = document.activeElement;
  if (!e || e === document.body) {
    return null;
  }
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const line = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * line(r) + 0.7152 * line(g) + 0.0722 * line(b);
  };
  let ground = e.parentElement;
  while (ground.parentElement && (numbers(getComputedStyle(ground).backgroundColor)[3] ?? 1) === 0) {
    ground = ground.parentElement;
  }
  const style = getComputedStyle(e);
  const both = [style.outlineColor, getComputedStyle(ground).backgroundColor].map((c) => luminance(numbers(c)));
  const box = e.getBoundingClientRect();
  return {
    name: nameOf(e),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    contrast: (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05),
    inView: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
})()`;

async function press(page, key, modifiers = 0) {
  const all = { key, modifiers, ...KEYS[key] };
  await page.call("Input.dispatchKeyEvent", { type: all.text ? "keyDown" : "rawKeyDown", ...all });
  await page.call("Input.dispatchKeyEvent", { type: "keyUp", ...all, text: undefined });
}

/** Steps with Tab until the focus leaves the page, or begins anew (there is no browser around it); what it was on, in this order. */
async function steps(page, modifiers = 0) {
  const seen = [];
  for (let at = 0; at < MOST_STEPS; at++) {
    await press(page, "Tab", modifiers);
    const focused = await page.evaluate(FOCUSED);
    if (seen.length > 0 && (focused === null || focused.name === seen[0].name)) {
      return seen;
    }
    if (focused !== null) {
      seen.push(focused);
    }
  }
  return [...seen, { name: "no way out" }];
}

/** Steps to what has this name. */
async function stepTo(page, name) {
  for (let at = 0; at < MOST_STEPS; at++) {
    await press(page, "Tab");
    if ((await page.evaluate(FOCUSED))?.name === name) {
      return true;
    }
  }
  return false;
}

/** A page anew, with the focus in front of all of it. */
async function open(page, address, view) {
  await page.goto("about:blank");
  await page.goto(address);
  await page.until("document.querySelector('.view." + view + " .panel') !== null", view);
  await page.evaluate(REACHABLE);
}

/** Each view: all of it is reached in its order, forward and back, and the focus is seen on each. */
async function order(page, url, views, light, check) {
  for (const [view] of views) {
    const name = "keyboard " + light + " " + view;
    await open(page, url + "#/" + view, view);
    const reachable = await page.evaluate(REACHABLE);
    const seen = await steps(page);
    const names = seen.map((each) => each.name);
    // A view that came meanwhile may have more to reach: what it has now counts then.
    const now = await page.evaluate(REACHABLE);
    const wanted = [reachable, now].find((each) => JSON.stringify(each) === JSON.stringify(names));
    check(name + " is reached in its order", wanted ? null : { names, now });
    check(name + " shows the focus", seen.filter((each) => !each.ring || !each.inView || each.contrast < LEAST_CONTRAST));
    const back = (await steps(page, SHIFT)).map((each) => each.name).reverse();
    check(name + " is left backwards the same way", JSON.stringify(back) === JSON.stringify(await page.evaluate(REACHABLE)) || JSON.stringify(back) === JSON.stringify(names) ? null : back);
  }
}

/** Each view is reached with Tab and Enter from the one before; the focus stays on its link. */
async function everyView(page, url, views, check) {
  await open(page, url, "overview");
  for (const [view, title] of [...views.slice(1), views[0]]) {
    await page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges(); document.getElementById('skip').focus()");
    check("keyboard: the link of " + view + " is reached", !(await stepTo(page, "a:" + title)));
    await press(page, "Enter");
    await page.until("document.querySelector('.view." + view + " .panel') !== null", view);
    check("keyboard: " + view + " is shown, and the focus stays", !(await page.evaluate("document.activeElement.getAttribute('aria-current') === 'page' && document.activeElement.textContent === " + JSON.stringify(title))));
  }
}

/** The link that skips to the content is seen when it has the focus, and leads behind the tabs. */
async function skips(page, url, check) {
  await open(page, url + "#/explain", "explain");
  await press(page, "Tab");
  const first = await page.evaluate(FOCUSED);
  check("keyboard: the first thing is the link to the content, in view", first?.name === "a:skip" && first.inView ? null : first);
  await press(page, "Enter");
  await press(page, "Tab");
  check("keyboard: behind it comes the content", (await page.evaluate("document.activeElement.id")) !== "url");
}

/** A question is asked without a mouse, and an update leaves the focus where it is. */
async function asks(page, url, check) {
  await open(page, url + "#/explain", "explain");
  check("keyboard: the URL is reached", !(await stepTo(page, "input:url")));
  await page.call("Input.insertText", { text: "http://media.lab/film" });
  await press(page, "Tab");
  check("keyboard: the node comes next", (await page.evaluate("document.activeElement.id")) !== "node");
  const before = await page.evaluate("document.activeElement.value");
  await press(page, "ArrowDown");
  await page.until("document.activeElement.value !== " + JSON.stringify(before), "an arrow chooses another node");
  const landing = await page.evaluate("document.activeElement.value");
  await press(page, "Tab");
  await press(page, "Enter");
  await page.until("document.querySelector('.stage.end') !== null", "the answer to what was asked by keyboard");
  check("keyboard: what was chosen is asked", !(await page.evaluate("location.hash.includes('media.lab') && location.hash.includes('node=" + landing + "')")));
  await page.evaluate("window.asked = performance.getEntriesByType('resource').length");
  await page.until("performance.getEntriesByType('resource').length > window.asked + 1", "it is asked again");
  check("keyboard: the focus is still on the button", !(await page.evaluate("document.activeElement.matches('#ask button')")));
  check("keyboard: the theme is reached", !((await page.evaluate("document.getElementById('skip').focus()")) ?? (await stepTo(page, "button:theme"))));
  // Whatever was chosen before.
  await page.evaluate("document.documentElement.removeAttribute('data-theme')");
  await press(page, " ");
  check("keyboard: the space bar switches the theme", (await page.evaluate("document.documentElement.dataset.theme")) !== "light");
  await press(page, "Enter");
  check("keyboard: and so does Enter", (await page.evaluate("document.documentElement.dataset.theme")) !== "dark");
}

/** What is wider than the page is scrolled by arrows. */
async function scrolls(page, url, check) {
  await open(page, url + "#/services", "services");
  const wide = "[...document.querySelectorAll('.scroll')].find((e) => e.scrollWidth > e.clientWidth)";
  await page.until(wide, "a table that is wider than the page");
  const name = await page.evaluate("nameOf(" + wide + ")");
  check("keyboard: the wide table is reached", !(await stepTo(page, name)));
  await press(page, "ArrowRight");
  await page.until("document.activeElement.scrollLeft > 0", "an arrow scrolls the table");
  check("keyboard: an arrow scrolls it, not the page", await page.evaluate("scrollX !== 0"));
}

/** What breaks a page for the keyboard, and the end of the name of the check that has to find it. */
const BROKEN = [
  ["a focus that is not seen", "shows the focus", "const hidden = new CSSStyleSheet(); hidden.replaceSync('*:focus, *:focus-visible { outline: none !important; }'); document.adoptedStyleSheets = [hidden];"],
  ["an order of its own", "is reached in its order", "addEventListener('DOMContentLoaded', () => document.querySelector('#tabs li:last-child a')?.setAttribute('tabindex', '1'));"],
  ["a trap", "is reached in its order", "addEventListener('keydown', (e) => { if (e.key === 'Tab' && document.activeElement.id === 'theme') { e.preventDefault(); } }, true);"],
];

/** A page that is broken on purpose is found to be: the checks of the order and of the focus see what they look for. */
async function canaries(browser, url, views, check) {
  for (const [what, wanted, script] of BROKEN) {
    const page = await browser.page({ width: 1440, height: 900, dark: false });
    await page.call("Page.addScriptToEvaluateOnNewDocument", { source: script });
    const found = [];
    await order(page, url, views.slice(0, 1), "broken", (name, wrong) => {
      if (wrong !== null && !(Array.isArray(wrong) && wrong.length === 0)) {
        found.push(name);
      }
    });
    check("keyboard: " + what + " is found", found.some((name) => name.endsWith(wanted)) ? null : found);
    await page.close();
  }
}

/**
 * Goes through the console with the keyboard.
 *
 * @param views names and titles, in the order of the tabs
 * @param check takes a name and what is wrong, or nothing
 */
export async function keyboard(browser, url, views, check) {
  for (const dark of [false, true]) {
    const page = await browser.page({ width: 1440, height: 900, dark });
    await order(page, url, views, dark ? "dark" : "light", check);
    await page.close();
  }
  await canaries(browser, url, views, check);
  const page = await browser.page({ width: 1440, height: 900, dark: false });
  await everyView(page, url, views, check);
  await skips(page, url, check);
  await asks(page, url, check);
  check("keyboard: all of that logs nothing", page.complaints);
  await page.close();
  const narrow = await browser.page({ width: 360, height: 900, dark: false });
  await order(narrow, url, views, "narrow", check);
  await scrolls(narrow, url, check);
  await narrow.close();
}
