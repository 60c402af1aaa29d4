package io.landfall.lab;

import io.landfall.admin.client.HttpCall;
import io.landfall.core.FailureText;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The part of the tour that is about the cache: a miss, a hit, and a node that has just started and
 * so is cold, which asks its warm neighbour, and a purge. The service api is cached at every site.
 */
final class CacheSteps {
  /** The host of the service that is cached. */
  private final String host;

  private final LabPlan plan;
  private final Tables tables;
  private final TourLog log;

  CacheSteps(LabPlan plan, Tables tables, TourLog log) {
    this.host = plan.service(SiteConfigText.CACHED).host();
    this.plan = plan;
    this.tables = tables;
    this.log = log;
  }

  /** What waits for something to hold; false if it took too long. */
  @FunctionalInterface
  interface Wait {
    boolean until(BooleanSupplier condition) throws InterruptedException;
  }

  /** A miss and a hit at a site, which becomes warm by some more of them. */
  void missAndHit(String site) {
    log.step("A cache. api is cached at every site; " + site + " is asked for /a twice.");
    log.check(
        "a miss, which is stored", hasStatus(log.get(site, host, "/a"), site + ".", "; stored"));
    log.check("a hit", hasStatus(log.get(site, host, "/a"), site + ".", "; hit"));
    for (int i = 1; i < SiteConfigText.WARM_OBJECTS; i++) {
      log.get(site, host, "/more/" + i);
    }
  }

  /** A cold site asks a warm one. */
  void coldAsksWarm(String cold, String warm, Wait wait) throws InterruptedException {
    log.step(
        "A cold cache. "
            + cold
            + " was restarted, and has nothing; "
            + warm
            + " is warm. What "
            + cold
            + " misses it asks there, and no origin.");
    log.check(
        cold + " would ask a warm site",
        wait.until(() -> explain(cold).contains("\"WARM_ELSEWHERE\"")));
    Optional<HttpCall.Answer> answer = log.get(cold, host, "/a");
    log.check(
        "a hit at " + warm + ", from the origin that " + warm + " asked before",
        hasStatus(answer, warm + ".", "; hit")
            && answer
                .flatMap(seen -> seen.header("x-lab-backend"))
                .filter((SiteConfigText.CACHED + "@" + warm)::equals)
                .isPresent());
    log.check("which " + cold + " stores", hasStatus(answer, cold + ".", "; stored"));
    log.check(
        "the next one is a hit at " + cold,
        hasStatus(log.get(cold, host, "/a"), cold + ".", "; hit"));
  }

  /** A purge that is given at one site and applied at all of them before it is answered. */
  void purge(String site) {
    log.step("A purge. /a is stored at every site; " + site + " is told to remove it.");
    plan.sites().forEach(each -> log.get(each.name(), host, "/a"));
    log.check("it is stored at every site", storedAt().size() == plan.sites().size());
    String url = "http://" + host + "/a";
    String applied = "";
    try {
      log.note("landfall purge --url " + url + " (at " + site + ")");
      applied = tables.purge(plan.site(site), url);
      log.note("    " + applied);
    } catch (IOException e) {
      log.note("no answer: " + FailureText.of(e));
    }
    log.check(
        "applied at every site",
        plan.sites().stream().map(LabPlan.Site::name).allMatch(applied::contains));
    log.check("no site has it", storedAt().isEmpty());
    String other = plan.sites().getLast().name();
    log.check("a miss again", !hasStatus(log.get(other, host, "/a"), "", "; hit"));
  }

  /** The sites that have the URL stored; one that does not answer counts as one that has. */
  private List<String> storedAt() {
    return plan.sites().stream()
        .filter(
            site -> {
              try {
                return Tables.holds(tables.read(site, "/v1/show/cache?url=" + host + "/a"));
              } catch (IOException e) {
                return true;
              }
            })
        .map(LabPlan.Site::name)
        .toList();
  }

  private String explain(String site) {
    try {
      return tables.read(plan.site(site), "/v1/explain?url=" + host + "/a");
    } catch (IOException e) {
      // It is asked again.
      return "";
    }
  }

  /** Whether Cache-Status has this of a site's cache. */
  private static boolean hasStatus(Optional<HttpCall.Answer> answer, String cache, String what) {
    List<String> lines = answer.map(seen -> seen.headers("cache-status")).orElse(List.of());
    for (String line : lines) {
      for (String entry : line.split(",")) {
        if (entry.strip().startsWith(cache) && entry.contains(what)) {
          return true;
        }
      }
    }
    return false;
  }
}
