package io.landfall.lab;

import io.landfall.admin.client.HttpCall;
import io.landfall.core.FailureText;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The tour's voice: steps, what was asked, what was seen, and whether that is how it should be. */
public final class TourLog {
  private static final List<String> SHOWN =
      List.of("via", "proxy-status", "cache-status", "retry-after");
  private static final long TIMEOUT_MILLIS = 5_000;

  private final LabPlan plan;
  private final LabConsole console;
  private int step;
  private int failures;

  /** For the sites of this plan. */
  public TourLog(LabPlan plan, LabConsole console) {
    this.plan = plan;
    this.console = console;
  }

  /** Begins a step. */
  public void step(String title) {
    step++;
    console.say("\n" + step + ". " + title);
  }

  /** Something that was done or seen. */
  public void note(String text) {
    console.say("     " + text);
  }

  /** States what should be, and whether it is. */
  public void check(String claim, boolean holds) {
    console.say((holds ? "  ok " : "FAIL ") + claim);
    failures += holds ? 0 : 1;
  }

  /** How many checks did not hold. */
  public int failures() {
    return failures;
  }

  /** How many steps there were. */
  public int steps() {
    return step;
  }

  /** Sends a GET to a site and shows what came back; empty when nothing did. */
  Optional<HttpCall.Answer> get(String site, String host) {
    return get(site, host, "/");
  }

  /** The same for a path. */
  Optional<HttpCall.Answer> get(String site, String host, String path) {
    String url = "http://" + LabPlan.text(plan.site(site).http()) + path;
    long sent = System.nanoTime();
    try {
      HttpCall.Answer answer = HttpCall.get(plan.site(site).http(), host, path, TIMEOUT_MILLIS);
      String took = LabConsole.duration(System.nanoTime() - sent);
      note(
          "GET %s (at %s) Host: %s -> %d%s in %s"
              .formatted(url, site, host, answer.status(), from(answer), took));
      for (String name : SHOWN) {
        answer.headers(name).forEach(value -> note("    " + name + ": " + value));
      }
      return Optional.of(answer);
    } catch (IOException e) {
      note(
          "GET "
              + url
              + " (at "
              + site
              + ") Host: "
              + host
              + " -> no answer: "
              + FailureText.of(e));
      return Optional.empty();
    }
  }

  private static String from(HttpCall.Answer answer) {
    return answer.header("x-lab-backend").map(backend -> " from " + backend).orElse("");
  }
}
