package io.landfall.lab.internet;

import io.landfall.lab.Jvm;
import io.landfall.lab.Lab;
import io.landfall.lab.LabConsole;
import io.landfall.lab.LabFailure;
import io.landfall.lab.LabPlan;
import io.landfall.lab.Tables;
import io.landfall.lab.TourLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A walk through a lab with an Internet. The Internet decides where a request lands, Landfall what
 * happens then; each step shows one of the two and that the other did not mind.
 */
final class InternetTour implements AutoCloseable {
  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long POLL_MILLIS = 5;

  /** A GET whose connection broke is sent once more, as browsers do (RFC 9110 section 9.2.2). */
  private static final int ATTEMPTS = 2;

  private static final int SETTLING_REQUESTS = 50;
  private static final int MOVED_REQUESTS = 20;
  private static final String EVERYWHERE = "api";

  private final Lab lab;
  private final LabPlan plan;
  private final InternetNetwork network;
  private final LabConsole console;
  private final TourLog log;
  private final Steering steering;
  private final Map<String, Client> clients = new LinkedHashMap<>();

  InternetTour(Lab lab, InternetNetwork network, LabConsole console) {
    this.lab = lab;
    this.plan = lab.plan();
    this.network = network;
    this.console = console;
    this.log = new TourLog(plan, console);
    this.steering = new Steering(lab);
  }

  /** Walks. Returns whether every step did what it should. */
  boolean run() throws IOException, LabFailure, InterruptedException {
    for (LabPlan.Site site : plan.sites()) {
      clients.put(
          site.name(),
          Client.start(
              Jvm.current(),
              network.namespaces(),
              site,
              lab.layout().folder(site).resolve("client.log")));
    }
    nearest();
    forward();
    tables();
    siteKilled(plan.sites().getFirst());
    siteDrained(plan.sites().get(1));
    new FlapStep(network, lab, log, steering).run();
    boolean good = log.failures() == 0;
    console.say(
        "\ntour "
            + (good ? "done" : "FAILED")
            + ": %d steps, %d checks failed, %.1f s"
                .formatted(log.steps(), log.failures(), console.sinceStartSeconds()));
    return good;
  }

  private void nearest() throws LabFailure, InterruptedException {
    log.step(
        "Anycast. Every site is " + InternetPlan.ANYCAST_ADDRESS + "; each region asks for api.");
    for (Client client : clients.values()) {
      String site = client.region().name();
      Sample sample = ask(client, EVERYWHERE);
      log.check(
          "landed at " + site + ", the nearest, and was served there",
          sample.landing().equals(site) && sample.backend().equals(EVERYWHERE + "@" + site));
    }
  }

  private void forward() throws LabFailure, InterruptedException {
    LabPlan.Service media = plan.service("media");
    String host = media.sites().getFirst();
    log.step(
        "Forward. media runs only at " + host + ": the Internet does not know, Landfall does.");
    for (Client client : clients.values()) {
      Sample sample = ask(client, media.name());
      log.check(
          "landed at " + client.region().name() + ", answered by media@" + host,
          sample.landing().equals(client.region().name())
              && sample.backend().equals("media@" + host));
    }
  }

  private void tables() {
    log.step("Two planes. The overlay crosses this Internet; this Internet must not know of it.");
    for (LabPlan.Site site : plan.sites()) {
      List<String> prefixes = network.router(site).prefixes();
      log.note("router of " + site.name() + ": " + String.join(", ", prefixes));
      log.check(
          "has " + LabPlan.ANYCAST + ", and nothing of the overlay's block " + LabPlan.BLOCK,
          prefixes.contains(LabPlan.ANYCAST)
              && prefixes.stream().noneMatch(each -> each.startsWith("10.")));
    }
  }

  private void siteKilled(LabPlan.Site victim)
      throws IOException, LabFailure, InterruptedException {
    LabPlan.Site next = network.internet().nearest(victim).get(1);
    log.step(
        "A site dies. kill -9 of the node %s under load from every region; %s is the next nearest."
            .formatted(victim.name(), next.name()));
    Map<String, Integer> marks = load(1);
    long killed = System.nanoTime();
    lab.node(victim.name()).kill();
    log.note("kill -9 of node " + victim.name() + ", pid " + lab.node(victim.name()).pid());
    Client near = client(victim);
    boolean moved = await(() -> landedAt(near, marks, next, killed).size() >= MOVED_REQUESTS);
    stop();
    if (moved) {
      Sample first = landedAt(near, marks, next, killed).getFirst();
      log.check(
          "clients near %s were served by %s %s after the kill"
              .formatted(
                  victim.name(), next.name(), LabConsole.duration(first.sentNanos() - killed)),
          true);
    } else {
      log.check("clients near " + victim.name() + " were served by " + next.name(), false);
    }
    report(near, marks);
    for (Client other : clients.values()) {
      if (!other.equals(near)) {
        long failed = report(other, marks);
        log.check("the clients near " + other.region().name() + " noticed nothing", failed == 0);
      }
    }
    String best = network.router(victim).best();
    log.check(
        "the router of " + victim.name() + " sends packets " + best,
        best.equals(BirdText.towards(firstHop(victim, next))));
    back(victim);
  }

  private LabPlan.Site firstHop(LabPlan.Site from, LabPlan.Site to) {
    // The next nearest site is always one link away: lengths are positive.
    return network.internet().transits(from).stream()
        .map(transit -> transit.far(from))
        .filter(to::equals)
        .findFirst()
        .orElse(from);
  }

  private void back(LabPlan.Site site) throws IOException, LabFailure, InterruptedException {
    Map<String, Integer> marks = load(ATTEMPTS);
    long began = System.nanoTime();
    lab.node(site.name()).restart();
    awaitWhole(site, "started again", began);
    stop();
    landsAtHome(site);
    noneFailed(marks);
  }

  private void noneFailed(Map<String, Integer> marks) {
    for (Client each : clients.values()) {
      log.check("no GET failed near " + each.region().name(), report(each, marks) == 0);
    }
  }

  private void awaitWhole(LabPlan.Site site, String what, long began) throws InterruptedException {
    Tables.Expected all = Tables.Expected.all(plan);
    boolean whole =
        await(
            () ->
                network.missing(site).isEmpty()
                    && lab.tables().differences(all.nodes(), all).isEmpty());
    log.check(
        "%s %s: in every table again after %s"
            .formatted(site.name(), what, LabConsole.duration(System.nanoTime() - began)),
        whole);
  }

  private void landsAtHome(LabPlan.Site site) throws LabFailure, InterruptedException {
    Sample sample = ask(client(site), EVERYWHERE);
    log.check(
        "its clients land at " + site.name() + " again", sample.landing().equals(site.name()));
  }

  private void siteDrained(LabPlan.Site site) throws IOException, LabFailure, InterruptedException {
    LabPlan.Site next = network.internet().nearest(site).get(1);
    log.step(
        "A site leaves. drain node at %s under load: GRACEFUL_SHUTDOWN (RFC 8326), then withdrawn."
            .formatted(site.name()));
    Client near = client(site);
    Map<String, Integer> marks = load(ATTEMPTS);
    long began = System.nanoTime();
    log.note(steering.drain(site));
    boolean withdrawn = await(() -> pathsFromSite(site) == 0);
    long gone = System.nanoTime();
    boolean moved = await(() -> landedAt(near, marks, next, began).size() >= MOVED_REQUESTS);
    stop();
    log.check(
        "the prefix was withdrawn, " + LabConsole.duration(gone - began) + " after the command",
        withdrawn);
    Optional<Sample> first = landedAt(near, marks, next, began).stream().findFirst();
    log.check(
        first
            .map(
                sample ->
                    "its clients had moved to %s after %s, before the withdrawal"
                        .formatted(next.name(), LabConsole.duration(sample.sentNanos() - began)))
            .orElse("its clients moved to " + next.name()),
        moved && first.isPresent() && first.get().sentNanos() < gone);
    noneFailed(marks);
    long undrained = System.nanoTime();
    log.note(steering.undrain(site));
    awaitWhole(site, "undrained", undrained);
    landsAtHome(site);
  }

  private long pathsFromSite(LabPlan.Site site) {
    return network
        .router(site)
        .ask("show route " + LabPlan.ANYCAST + " protocol " + BirdText.SITE)
        .lines()
        .filter(line -> line.contains("[" + BirdText.SITE + " "))
        .count();
  }

  private Sample ask(Client client, String service) throws LabFailure, InterruptedException {
    Sample sample = client.once(plan.service(service).host());
    log.note(
        "client near %s: GET http://%s/ Host: %s -> %d, landed at %s, made by %s, %s"
            .formatted(
                client.region().name(),
                InternetPlan.ANYCAST_ADDRESS,
                plan.service(service).host(),
                sample.status(),
                sample.landing(),
                sample.backend(),
                LabConsole.duration(sample.tookNanos())));
    return sample;
  }

  private Client client(LabPlan.Site region) {
    return Optional.ofNullable(clients.get(region.name())).orElseThrow();
  }

  /** Starts load in every region and waits until it runs. Returns where it began. */
  private Map<String, Integer> load(int attempts) throws LabFailure, InterruptedException {
    Map<String, Integer> marks = new LinkedHashMap<>();
    for (Client client : clients.values()) {
      marks.put(client.region().name(), client.mark());
      client.load(plan.service(EVERYWHERE).host(), attempts);
    }
    for (Client client : clients.values()) {
      int enough = mark(marks, client) + SETTLING_REQUESTS;
      if (!await(() -> client.mark() >= enough)) {
        throw new LabFailure("no load from the clients near " + client.region().name());
      }
    }
    return marks;
  }

  private void stop() throws LabFailure, InterruptedException {
    for (Client client : clients.values()) {
      client.stop();
    }
  }

  private static int mark(Map<String, Integer> marks, Client client) {
    return marks.getOrDefault(client.region().name(), 0);
  }

  private static List<Sample> landedAt(
      Client client, Map<String, Integer> marks, LabPlan.Site site, long afterNanos) {
    return client.since(mark(marks, client)).stream()
        .filter(sample -> sample.sentNanos() >= afterNanos)
        .filter(sample -> !sample.failed() && sample.landing().equals(site.name()))
        .toList();
  }

  /** Says what a region's clients saw. Returns how many requests failed. */
  private long report(Client client, Map<String, Integer> marks) {
    List<Sample> samples = client.since(mark(marks, client));
    long failed = samples.stream().filter(Sample::failed).count();
    long repeated = samples.stream().filter(each -> !each.failed() && each.attempts() > 1).count();
    long slowest = samples.stream().mapToLong(Sample::tookNanos).max().orElse(0);
    log.note(
        "near %s: %d requests, %d failed, %d repeated on a new connection, the slowest took %s"
            .formatted(
                client.region().name(),
                samples.size(),
                failed,
                repeated,
                LabConsole.duration(slowest)));
    return failed;
  }

  /** Something to wait for. */
  private interface Condition {
    boolean holds() throws IOException, LabFailure;
  }

  private boolean await(Condition condition) throws InterruptedException {
    long deadline = System.nanoTime() + DEADLINE_NANOS;
    while (System.nanoTime() < deadline) {
      try {
        if (condition.holds()) {
          return true;
        }
      } catch (IOException | LabFailure e) {
        // Not every site answers yet: that is what is waited for.
      }
      console.waiting("the last step has not been seen everywhere");
      Thread.sleep(POLL_MILLIS);
    }
    return false;
  }

  @Override
  public void close() {
    new ArrayList<>(clients.values()).forEach(Client::close);
  }
}
