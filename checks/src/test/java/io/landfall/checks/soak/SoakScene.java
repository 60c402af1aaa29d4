package io.landfall.checks.soak;

import io.landfall.testkit.Await;
import io.landfall.trust.Credentials;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Nodes fra and nyc with all who behave; node sin, which comes while the others are attacked. */
final class SoakScene implements Closeable {
  private static final Duration START = Duration.ofSeconds(90);

  private static final long BETWEEN_ATTACKS_MILLIS = 500;

  /** The late node does not have to be small: it is not what is measured. */
  private static final int LATE_HEAP_MIB = 128;

  final SoakWorld world;
  final GoodNeighbors neighbors;
  final SoakNode fra;
  final SoakNode nyc;
  final GoodClients clients;
  final List<Witness> witnesses;
  final Origin fraOrigin;
  final Credentials nycPair;
  private final Origin nycOrigin;
  private final Origin sinOrigin;
  private final SoakNode sin;
  private final List<Closeable> toClose = new ArrayList<>();
  private long updatesToRouter;

  /** Nothing runs yet but backends and neighbors. */
  SoakScene(Path dir, int heapMib) throws IOException {
    world = new SoakWorld(dir);
    fraOrigin = later(new Origin("fra", world.address(50, 1)));
    nycOrigin = later(new Origin("nyc", world.address(50, 2)));
    sinOrigin = later(new Origin("sin", world.address(50, 3)));
    neighbors = later(new GoodNeighbors(world));
    fra = later(new SoakNode("fra", dir, heapMib));
    nyc = later(new SoakNode("nyc", dir, heapMib));
    sin = later(new SoakNode("sin", dir, LATE_HEAP_MIB));
    witnesses = List.of(later(new Witness(fra)), later(new Witness(nyc)));
    clients = later(new GoodClients(world.address(40, 1)));
    nycPair = configs();
  }

  private <T extends Closeable> T later(T resource) {
    toClose.add(resource);
    return resource;
  }

  /** Writes the config files; returns the certificate and the key of nyc. */
  private Credentials configs() {
    String near = SoakWorld.hosted(fraOrigin.url());
    String known = "spoken: {identity: %s, hosts: [spoken.test]}".formatted(SoakWorld.SPOKEN);
    world.node(
        "fra",
        1,
        List.of("near", "spoken", "loud"),
        world.overlay(1, List.of(2), "reflector: true\nreflectors: [" + SoakWorld.FELLOW + "]")
            + world.sessionsOfFra(neighbors.stationPort())
            + SoakWorld.services(near, "", "", SoakWorld.spokenFor(fraOrigin.url())));
    world.node(
        "sin",
        3,
        List.of("late"),
        world.overlay(3, List.of(1), "reflectors: [fra]")
            + SoakWorld.services("", "", SoakWorld.hosted(sinOrigin.url()), known));
    return world.node(
        "nyc",
        2,
        List.of("shop"),
        world.overlay(2, List.of(1), "reflectors: [fra]")
            + SoakWorld.services("", SoakWorld.hosted(nycOrigin.url()), "", known));
  }

  /**
   * Starts fra and nyc and waits until everything is at work.
   *
   * @param between runs while fra is up and nyc is not
   * @param seen what to add to a failure
   */
  void bringUp(Runnable between, Supplier<String> seen) throws IOException {
    fra.start();
    await("fra is up", () -> fra.log().contains("node up"), seen);
    between.run();
    nyc.start();
    neighbors.startWeb1();
    await("everything is at work", this::isAtWork, seen);
    updatesToRouter = neighbors.tally.of("router updates");
    witnesses.forEach(Witness::start);
    clients.start(world.http(1), "near.test", "fra");
    clients.start(world.http(1), "shop.test", "nyc");
    clients.start(world.http(1), "shop.test", "nyc");
    clients.start(world.http(1), "spoken.test", "fra");
    clients.start(world.http(2), "near.test", "fra");
    clients.start(world.http(2), "spoken.test", "fra");
  }

  private void await(String what, BooleanSupplier condition, Supplier<String> seen) {
    Await.until(
        START,
        what,
        condition,
        () ->
            "%s%nneighbors: %s%n%s%n%s%n%s"
                .formatted(
                    seen.get(),
                    neighbors.tally,
                    fra.tell("show", "peers"),
                    fra.tell("show", "services"),
                    fra.log()));
  }

  private boolean isAtWork() {
    return answers(1, "near.test", "fra")
        && answers(1, "shop.test", "nyc")
        && answers(1, "spoken.test", "fra")
        && answers(2, "near.test", "fra")
        && answers(2, "spoken.test", "fra")
        && neighbors.tally.of("router updates") > 1
        && fra.tell("show", "bfd", "--json").contains("\"state\":\"up\"")
        && nyc.tell("show", "bfd", "--json").contains("\"state\":\"up\"");
  }

  private boolean answers(int node, String host, String origin) {
    try (Socket socket = Connections.plain(world.address(40, 1), world.http(node))) {
      socket.setSoTimeout(2_000);
      InputStream in = socket.getInputStream();
      return GoodClients.exchange(socket, in, host, "").equals("200 " + Origin.answer(origin, ""));
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Lets attacks begin, and go on for a while, in which node sin joins; over sooner when a node
   * ends.
   *
   * @return whether fra served what sin hosts before it was over
   */
  boolean watch(List<Attacker> attackers, long seconds) throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    boolean late = false;
    for (Attacker attacker : attackers) {
      attacker.start();
      var _ = never.await(BETWEEN_ATTACKS_MILLIS, TimeUnit.MILLISECONDS);
    }
    for (long second = 0; second < seconds && fra.isAlive() && nyc.isAlive(); second++) {
      if (second == seconds / 4) {
        sin.start();
      }
      if (second > seconds / 4 && !late) {
        late = answers(1, "late.test", "sin");
      }
      var _ = never.await(1, TimeUnit.SECONDS);
    }
    return late;
  }

  /** How many UPDATEs the router got since everything was at work. */
  long updatesToRouter() {
    return neighbors.tally.of("router updates") - updatesToRouter;
  }

  @Override
  public void close() throws IOException {
    for (Closeable each : toClose.reversed()) {
      each.close();
    }
  }
}
