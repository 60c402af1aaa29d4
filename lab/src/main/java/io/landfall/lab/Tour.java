package io.landfall.lab;

import io.landfall.admin.client.HttpCall;
import io.landfall.lab.host.ChildProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A walk through a running lab that breaks things one after another and measures what follows. Each
 * step says what it did, what it saw and whether that is what it should be; the tour is the
 * project's shortest end-to-end test as well as its demonstration.
 *
 * <p>The first site hosts shop, the second shop and media, the third neither; all host api.
 */
final class Tour {
  private static final int SITES = 3;
  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(15);
  private static final long POLL_MILLIS = 2;
  private static final int SETTLING_REQUESTS = 60;
  private static final String SHOP = "shop";
  private static final String MEDIA = "media";

  private final Lab lab;
  private final LoopbackNetwork network;
  private final LabPlan plan;
  private final TourLog log;
  private final LabConsole console;
  private final String first;
  private final String second;
  private final String third;
  private final Map<String, List<String>> hosting = new LinkedHashMap<>();
  private final List<String> nodes = new ArrayList<>();

  Tour(Lab lab, LoopbackNetwork network, LabConsole console) {
    this.lab = lab;
    this.network = network;
    this.plan = lab.plan();
    this.console = console;
    this.log = new TourLog(plan, console);
    this.first = plan.sites().get(0).name();
    this.second = plan.sites().get(1).name();
    this.third = plan.sites().get(2).name();
    plan.services()
        .forEach(service -> hosting.put(service.name(), new ArrayList<>(service.sites())));
    plan.sites().forEach(site -> nodes.add(site.name()));
  }

  /**
   * Refuses a lab that is too small.
   *
   * @throws IllegalArgumentException when it is
   */
  static void requireSites(List<String> sites) {
    if (sites.size() < SITES) {
      throw new IllegalArgumentException(
          "the tour needs " + SITES + " sites or more, not " + sites.size());
    }
  }

  /** Walks. Returns whether every step did what it should. */
  boolean run() throws InterruptedException, IOException {
    Map<String, UpstreamRouter.Heard> before = heard();
    serve();
    forward();
    unknown();
    backendKilled();
    allGone();
    backAgain();
    nodeKilled();
    nodeBack();
    CacheSteps cache = new CacheSteps(plan, lab.tables(), log);
    cache.missAndHit(first);
    cache.coldAsksWarm(second, first, condition -> await(condition).isPresent());
    cache.purge(first);
    ingressUnmoved(before);
    boolean good = log.failures() == 0;
    console.say(
        "\ntour "
            + (good ? "done" : "FAILED")
            + ": %d steps, %d checks failed, %.1f s"
                .formatted(log.steps(), log.failures(), console.sinceStartSeconds()));
    return good;
  }

  private void serve() {
    log.step("Serve. shop runs at " + first + ", so " + first + " serves it itself.");
    Optional<HttpCall.Answer> answer = log.get(first, host(SHOP));
    log.check("served by shop@" + first, isFrom(answer, SHOP + "@" + first));
  }

  private void forward() {
    log.step("Forward. media runs only at " + second + ": one hop, inside mutual TLS.");
    Optional<HttpCall.Answer> media = log.get(first, host(MEDIA));
    log.check("forwarded to " + second, isFrom(media, MEDIA + "@" + second));
    Optional<HttpCall.Answer> shop = log.get(third, host(SHOP));
    log.check(
        "shop, asked for at " + third + ", came from " + first + " or " + second,
        isFrom(shop, SHOP + "@" + first) || isFrom(shop, SHOP + "@" + second));
  }

  private void unknown() {
    log.step("Decline. No service answers for unknown.lab.");
    log.check("421 and a reason", declined(log.get(first, "unknown.lab"), 421));
  }

  private void backendKilled() throws InterruptedException {
    log.step("A backend dies. kill -9 of shop at " + first + ", under load at every site.");
    SteadyLoad load = SteadyLoad.start(plan, nodes, host(SHOP));
    settle(load);
    long killed = killBackend(SHOP, first);
    hostsOfShop().remove(first);
    awaitTables("every table has shop at " + hostsOfShop() + " only", killed);
    settle(load);
    report(load, killed, SHOP + "@" + first);
    log.check(
        first + " forwards shop to " + second,
        isFrom(log.get(first, host(SHOP)), SHOP + "@" + second));
  }

  private void allGone() throws InterruptedException {
    log.step("All gone. kill -9 of shop at " + second + " too: no site has it.");
    long killed = killBackend(SHOP, second);
    hostsOfShop().remove(second);
    awaitTables("no table has shop", killed);
    for (String site : nodes) {
      Optional<HttpCall.Answer> answer = log.get(site, host(SHOP));
      log.check("503, a reason and Retry-After", declined(answer, 503) && hasRetryAfter(answer));
      if (site.equals(first)) {
        answer.ifPresent(declined -> log.note("it says: " + declined.body().strip()));
      }
    }
    log.check("api does not care", isFrom(log.get(first, host("api")), "api@" + first));
  }

  private void backAgain() throws InterruptedException, IOException {
    log.step("Back again. Both shops start; each probe must see one healthy twice.");
    long began = System.nanoTime();
    for (String site : plan.service(SHOP).sites()) {
      lab.backend(SHOP, site).restart();
      hostsOfShop().add(site);
    }
    awaitTables("every table has shop at " + hostsOfShop(), began);
    for (String site : plan.service(SHOP).sites()) {
      log.check(site + " serves shop itself", isFrom(log.get(site, host(SHOP)), SHOP + "@" + site));
    }
  }

  private void nodeKilled() throws InterruptedException {
    log.step("A node dies. kill -9 of the node " + second + ", under load at the others.");
    nodes.remove(second);
    SteadyLoad load = SteadyLoad.start(plan, nodes, host(SHOP));
    settle(load);
    long killed = System.nanoTime();
    lab.node(second).kill();
    log.note("kill -9 of node " + second + ", pid " + lab.node(second).pid());
    hosting.values().forEach(sites -> sites.remove(second));
    awaitTables("no table has " + second, killed);
    settle(load);
    report(load, killed, SHOP + "@" + second);
    log.check(
        third + " gets shop from " + first, isFrom(log.get(third, host(SHOP)), SHOP + "@" + first));
    log.check("media is nowhere: 503", declined(log.get(first, host(MEDIA)), 503));
  }

  private void nodeBack() throws InterruptedException, IOException {
    log.step("The node returns.");
    long began = System.nanoTime();
    lab.node(second).restart();
    nodes.clear();
    plan.sites().forEach(site -> nodes.add(site.name()));
    plan.services()
        .forEach(service -> hosting.put(service.name(), new ArrayList<>(service.sites())));
    awaitTables("every table is complete", began);
    log.check(
        "media is forwarded to " + second,
        isFrom(log.get(first, host(MEDIA)), MEDIA + "@" + second));
  }

  private void ingressUnmoved(Map<String, UpstreamRouter.Heard> before)
      throws InterruptedException {
    log.step("Meanwhile, on the Internet. What the upstream routers were told:");
    boolean back = await(() -> isAnnounced(heard().get(second))).isPresent();
    Map<String, UpstreamRouter.Heard> after = heard();
    for (String site : nodes) {
      UpstreamRouter.Heard then = found(before, site);
      UpstreamRouter.Heard now = found(after, site);
      log.note(
          "%s: %s, %d UPDATEs since the lab was ready"
              .formatted(site, now.announced(), now.updates() - then.updates()));
      if (!site.equals(second)) {
        log.check(
            "nothing: no service and no overlay event reached the public side",
            now.updates() == then.updates() && isAnnounced(now));
      }
    }
    log.check("only " + second + ", which died, announced anew", back);
  }

  private static boolean isAnnounced(
      UpstreamRouter.@org.jspecify.annotations.Nullable Heard heard) {
    return heard != null && heard.announced().equals(List.of(LabPlan.ANYCAST));
  }

  private static UpstreamRouter.Heard found(Map<String, UpstreamRouter.Heard> all, String site) {
    return Optional.ofNullable(all.get(site)).orElseThrow();
  }

  private Map<String, UpstreamRouter.Heard> heard() {
    return network.heard();
  }

  private List<String> hostsOfShop() {
    return hosting.computeIfAbsent(SHOP, service -> new ArrayList<>());
  }

  private String host(String service) {
    return plan.service(service).host();
  }

  private long killBackend(String service, String site) throws InterruptedException {
    ChildProcess backend = lab.backend(service, site);
    long killed = System.nanoTime();
    backend.kill();
    log.note("kill -9 of " + backend.title() + ", pid " + backend.pid());
    return killed;
  }

  private void awaitTables(String claim, long sinceNanos) throws InterruptedException {
    Tables tables = lab.tables();
    Tables.Expected expected = new Tables.Expected(nodes, hosting);
    OptionalLong done = await(() -> tables.differences(nodes, expected).isEmpty());
    if (done.isPresent()) {
      log.check(claim + ", after " + LabConsole.duration(done.getAsLong() - sinceNanos), true);
    } else {
      log.check(claim + ": " + tables.differences(nodes, expected), false);
    }
  }

  /** Waits until something holds. Returns when that was seen; empty when it took too long. */
  private OptionalLong await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + DEADLINE_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return OptionalLong.empty();
      }
      console.waiting("the last step has not been seen everywhere");
      Thread.sleep(POLL_MILLIS);
    }
    return OptionalLong.of(System.nanoTime());
  }

  private void settle(SteadyLoad load) throws InterruptedException {
    int enough = load.count() + SETTLING_REQUESTS;
    await(() -> load.count() >= enough);
  }

  private void report(SteadyLoad load, long eventNanos, String backend)
      throws InterruptedException {
    SteadyLoad.Outcome outcome = load.stop();
    log.note(
        "%d requests meanwhile, %d failed, the slowest took %s"
            .formatted(
                outcome.samples().size(),
                outcome.failed(),
                LabConsole.duration(outcome.slowestNanos())));
    outcome
        .lastFrom(backend)
        .ifPresent(
            last ->
                log.note(
                    "the last one that %s answered was sent %s %s it was killed"
                        .formatted(
                            backend,
                            LabConsole.duration(Math.abs(last - eventNanos)),
                            last < eventNanos ? "before" : "after")));
    log.check("no GET failed", outcome.failed() == 0);
  }

  private static boolean isFrom(Optional<HttpCall.Answer> answer, String backend) {
    return answer
        .filter(seen -> seen.status() == 200)
        .flatMap(seen -> seen.header("x-lab-backend"))
        .filter(backend::equals)
        .isPresent();
  }

  private static boolean declined(Optional<HttpCall.Answer> answer, int status) {
    return answer
        .filter(seen -> seen.status() == status && seen.header("proxy-status").isPresent())
        .isPresent();
  }

  private static boolean hasRetryAfter(Optional<HttpCall.Answer> answer) {
    return answer.flatMap(seen -> seen.header("retry-after")).isPresent();
  }
}
