// What the views show, computed from what the nodes answered. No node infers anything of another
// here: a cell has what the site itself reports, and beside it what others report of that site.

/** The state of a service at a site that has it not. */
export const ABSENT = "-";

/** Everything that is shown, from one answer. */
export function read(answer) {
  const members = answer.nodes.map((each) => ({ ...each, live: each.view !== null && each.problem === null }));
  const views = members.filter((each) => each.view !== null);
  const names = new Set(members.map((each) => each.name));
  for (const { view } of views) {
    for (const peer of view.peers) {
      if (peer.kind === "node" && peer.name) {
        names.add(peer.name);
      }
    }
    for (const service of view.services) {
      service.sites.forEach((site) => names.add(site.node));
    }
  }
  const sites = [...names].sort();
  return { members, views, sites, fleet: members.length > 1, links: links(views, sites), services: services(views, sites), events: events(views) };
}

function links(views, sites) {
  const byName = new Map(views.map((each) => [each.name, each]));
  const all = [];
  for (let i = 0; i < sites.length; i++) {
    for (let j = i + 1; j < sites.length; j++) {
      const ends = [end(byName.get(sites[i]), sites[j]), end(byName.get(sites[j]), sites[i])].filter((each) => each !== null);
      if (ends.length > 0) {
        all.push(link(sites[i], sites[j], ends));
      }
    }
  }
  return all;
}

/** How one node reports its session with another; null without a report. */
function end(member, other) {
  if (!member) {
    return null;
  }
  const rows = member.view.peers.filter((peer) => peer.kind === "node" && peer.name === other);
  const row = rows.find((peer) => peer.state === "established") ?? rows[0];
  if (!row) {
    return null;
  }
  const path = member.view.bfd.find((each) => each.peer === other);
  return { by: member.name, live: member.live, state: row.state, why: row.lastError, since: row.sinceSeconds, path: path ? path.path : "none" };
}

function link(from, to, ends) {
  const live = ends.filter((each) => each.live);
  const told = live.length > 0 ? live : ends;
  const up = told.filter((each) => each.state === "established").length;
  const dead = told.some((each) => each.path === "dead");
  return {
    from,
    to,
    ends: told,
    stale: live.length === 0,
    state: up === 0 ? "down" : up < told.length ? "disputed" : dead ? "dead path" : "up",
    bfd: told.every((each) => each.path === "alive") ? "alive" : dead ? "dead" : told.every((each) => each.path === "none") ? "none" : "unproved",
  };
}

function services(views, sites) {
  const all = new Map();
  for (const { view } of views) {
    for (const service of view.services) {
      if (!all.has(service.name)) {
        all.set(service.name, { name: service.name, identity: service.identity, hosts: service.hosts, paths: service.paths });
      }
    }
  }
  return [...all.values()].map((service) => ({ ...service, cells: sites.map((site) => cell(views, service.name, site)) }));
}

/** One service at one site: what the site reports of itself, and what others report of it. */
function cell(views, service, site) {
  const own = views.find((each) => each.name === site);
  const reported = own?.view.services.find((each) => each.name === service);
  const local = reported?.local ?? null;
  const reports = [];
  for (const member of views) {
    const row = member.view.services.find((each) => each.name === service);
    if (member.name !== site && row) {
      const seen = row.sites.find((each) => each.node === site);
      reports.push({ by: member.name, live: member.live, signal: seen?.signal ?? ABSENT, usable: seen?.usable ?? true, why: seen?.why ?? "" });
    }
  }
  const live = reports.filter((each) => each.live);
  const first = (live[0] ?? reports[0])?.signal ?? ABSENT;
  const signal = own && (own.live || live.length === 0) ? local?.signal ?? ABSENT : first;
  // A service that is DOWN is not advertised, so others have nothing of it.
  const advertised = signal === "DOWN" ? ABSENT : signal;
  return {
    site,
    signal,
    local,
    why: local?.why ?? live[0]?.why ?? "",
    // The site alone reports it: others forward requests to it all the same.
    maintenance: reported?.maintenance ?? null,
    stale: !own?.live && live.length === 0,
    disputed: live.filter((each) => each.signal !== advertised),
    unusable: live.filter((each) => each.signal !== ABSENT && !each.usable),
  };
}

/** The events of all nodes, newest first. */
function events(views) {
  return views
    .flatMap((each) => each.view.events.map((event) => ({ node: each.name, ...event })))
    .sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : b.number - a.number));
}

/** Problems of all nodes, with those of nodes that do not answer first. */
export function problems(model) {
  const away = model.members
    .filter((each) => each.problem !== null)
    .map((each) => ({ node: each.name, text: "does not answer at " + each.from + ": " + each.problem }));
  const rest = model.views.filter((each) => each.live).flatMap((each) => each.view.problems.map((text) => ({ node: each.name, text })));
  return [...away, ...rest];
}

/** The problems and disputes that the fleet as a whole has: what nodes report differently. */
export function disputes(model) {
  const all = [];
  for (const service of model.services) {
    for (const each of service.cells) {
      for (const other of each.disputed) {
        all.push(service.name + " at " + each.site + ": " + each.site + " reports " + word(each.signal) + ", " + other.by + " has " + word(other.signal));
      }
    }
  }
  for (const each of model.links) {
    if (each.state === "disputed") {
      all.push("session " + each.from + "-" + each.to + ": " + each.ends.map((e) => e.by + " reports " + e.state).join(", "));
    }
  }
  return all;
}

/** A signal as a word. */
export function word(signal) {
  return signal === ABSENT ? "absent" : signal;
}
