package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.config.HostPort;
import io.landfall.config.ServiceConfig;
import io.landfall.core.HostAddress;
import io.landfall.core.ServiceName;
import io.landfall.testkit.Await;
import io.netty.channel.DefaultEventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where backends are that have names, while the names change. */
class BackendNamesTest {
  private static final ServiceName SHOP = new ServiceName("shop");
  private static final ServiceName API = new ServiceName("api");
  private static final InetAddress FIRST = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress SECOND = InetAddress.ofLiteral("192.0.2.2");
  private static final long SECOND_NANOS = 1_000_000_000L;

  @TempDir Path folder;

  private static ServiceConfig service(ServiceName name, HostPort... backends) {
    List<ServiceConfig.Backend> all = new ArrayList<>();
    for (HostPort at : backends) {
      all.add(new ServiceConfig.Backend("http://" + at, at));
    }
    HostAddress identity = TestWorld.BLOCK.host(256);
    return new ServiceConfig(
        name,
        identity,
        List.of(name + ".test"),
        List.of(),
        new ServiceConfig.Hosting(all, Optional.empty(), 0, OptionalInt.empty()),
        Optional.empty(),
        Optional.empty());
  }

  private static Backends backends(Map<String, List<InetAddress>> addresses) {
    return new Backends(
        List.of(
            service(SHOP, new HostPort("app.test", 80), new HostPort("192.0.2.9", 81)),
            service(API, new HostPort("app.test", 82))),
        Map.of(),
        addresses,
        0);
  }

  private static List<InetSocketAddress> at(InetAddress address, int port) {
    return List.of(new InetSocketAddress(address, port));
  }

  @Test
  void aNameThatDoesNotResolveIsNowhereAndTheOthersAreWhereTheyAre() {
    Backends backends = backends(Map.of());
    assertThat(backends.addresses(SHOP, 0)).isEmpty();
    assertThat(backends.addresses(SHOP, 1)).isEqualTo(at(InetAddress.ofLiteral("192.0.2.9"), 81));
    assertThat(backends.names()).containsExactly("app.test");
    assertThat(backends.answered("app.test", List.of(), 0)).isEmpty();
  }

  @Test
  void everyBackendOfTheNameMovesWithIt() {
    Backends backends = backends(Map.of("app.test", List.of(FIRST)));
    assertThat(backends.addresses(SHOP, 0)).isEqualTo(at(FIRST, 80));
    assertThat(backends.answered("app.test", List.of(SECOND), 1)).containsExactly(API, SHOP);
    assertThat(backends.addresses(SHOP, 0)).isEqualTo(at(SECOND, 80));
    assertThat(backends.addresses(API, 0)).isEqualTo(at(SECOND, 82));
    assertThat(backends.indexOf(SHOP, new InetSocketAddress(SECOND, 80))).isZero();
    assertThat(backends.indexOf(SHOP, new InetSocketAddress(FIRST, 80))).isEqualTo(-1);
  }

  @Test
  void theOrderOfAddressesMeansNothing() {
    Backends backends = backends(Map.of("app.test", List.of(SECOND, FIRST)));
    List<InetSocketAddress> both =
        List.of(new InetSocketAddress(FIRST, 80), new InetSocketAddress(SECOND, 80));
    assertThat(backends.addresses(SHOP, 0)).isEqualTo(both);
    assertThat(backends.answered("app.test", List.of(FIRST, SECOND), 1)).isEmpty();
    assertThat(backends.answered("app.test", List.of(SECOND), 2)).containsExactly(API, SHOP);
    assertThat(backends.addresses(SHOP, 0)).isEqualTo(at(SECOND, 80));
  }

  @Test
  void ofTooManyAddressesTheSameOnesAreUsedInWhicheverOrderTheyCome() throws Exception {
    List<InetAddress> many = new ArrayList<>();
    for (int i = 0; i <= Backends.MAX_ADDRESSES; i++) {
      many.add(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, (byte) (100 + i)}));
    }
    Backends backends = backends(Map.of("app.test", many));
    assertThat(backends.addresses(SHOP, 0)).hasSize(Backends.MAX_ADDRESSES);
    assertThat(backends.answered("app.test", many.reversed(), 1)).isEmpty();
  }

  @Test
  void ofSeveralAddressesThoseAreWellThatAnswered() {
    Backends backends = backends(Map.of("app.test", List.of(FIRST, SECOND)));
    InetSocketAddress first = new InetSocketAddress(FIRST, 80);
    InetSocketAddress second = new InetSocketAddress(SECOND, 80);
    assertThat(backends.isWell(SHOP, 0, first) && backends.isWell(SHOP, 0, second)).isTrue();
    assertThat(probed(backends, second, false)).isEqualTo(AddressHealth.Change.DOWN);
    assertThat(probed(backends, first, true)).isEqualTo(AddressHealth.Change.FIRST_UP);
    assertThat(probed(backends, first, true)).isEqualTo(AddressHealth.Change.NONE);
    assertThat(backends.isWell(SHOP, 0, first)).isTrue();
    assertThat(backends.isWell(SHOP, 0, second)).isFalse();
    assertThat(backends.answered("app.test", List.of(SECOND), 1)).containsExactly(API, SHOP);
    assertThat(backends.isWell(SHOP, 0, second)).isTrue();
    assertThat(backends.health(SHOP, 0, first)).as("it is gone").isEmpty();
    backends.answered("app.test", List.of(FIRST, SECOND), 2);
    assertThat(backends.isWell(SHOP, 0, first)).as("nothing is known of either").isTrue();
  }

  @Test
  void aServiceThatIsAddedDoesNotMakeAnAddressOfAnotherOneWell() {
    Backends backends = backends(Map.of("app.test", List.of(FIRST, SECOND)));
    InetSocketAddress second = new InetSocketAddress(SECOND, 80);
    probed(backends, second, false);
    probed(backends, new InetSocketAddress(FIRST, 80), true);
    assertThat(backends.isWell(SHOP, 0, second)).isFalse();
    // Its name is in front of the one that is known, in the order of names.
    backends.configure(
        List.of(
            service(new ServiceName("wiki"), new HostPort("alpha.test", 80)),
            service(SHOP, new HostPort("app.test", 80), new HostPort("192.0.2.9", 81)),
            service(API, new HostPort("app.test", 82))),
        Map.of(),
        Map.of("alpha.test", List.of(FIRST), "app.test", List.of(FIRST, SECOND)),
        1);
    assertThat(backends.isWell(SHOP, 0, second)).isFalse();
    assertThat(backends.addresses(new ServiceName("wiki"), 0)).isEqualTo(at(FIRST, 80));
  }

  private static AddressHealth.Change probed(
      Backends backends, InetSocketAddress address, boolean ok) {
    return backends.health(SHOP, 0, address).orElseThrow().probed(ok, 2, 3);
  }

  @Test
  void anAddressFallsAndRisesAsItsServiceDoes() {
    Backends backends = backends(Map.of("app.test", List.of(FIRST, SECOND)));
    InetSocketAddress first = new InetSocketAddress(FIRST, 80);
    probed(backends, first, true);
    probed(backends, new InetSocketAddress(SECOND, 80), true);

    assertThat(probed(backends, first, false)).isEqualTo(AddressHealth.Change.NONE);
    assertThat(probed(backends, first, true)).isEqualTo(AddressHealth.Change.NONE);
    assertThat(probed(backends, first, false)).isEqualTo(AddressHealth.Change.NONE);
    assertThat(backends.isWell(SHOP, 0, first)).as("not two in a row").isTrue();
    assertThat(probed(backends, first, false)).isEqualTo(AddressHealth.Change.DOWN);
    assertThat(backends.isWell(SHOP, 0, first)).isFalse();

    assertThat(probed(backends, first, true)).isEqualTo(AddressHealth.Change.NONE);
    assertThat(probed(backends, first, true)).isEqualTo(AddressHealth.Change.NONE);
    assertThat(backends.isWell(SHOP, 0, first)).as("not three in a row").isFalse();
    assertThat(probed(backends, first, true)).isEqualTo(AddressHealth.Change.UP);
    assertThat(backends.isWell(SHOP, 0, first)).isTrue();
  }

  @Test
  void anAddressOutlivesItsNameForThirtySecondsAndNoLonger() {
    Backends backends = backends(Map.of("app.test", List.of(FIRST)));
    assertThat(backends.answered("app.test", List.of(), 29 * SECOND_NANOS)).isEmpty();
    assertThat(backends.addresses(SHOP, 0)).isEqualTo(at(FIRST, 80));
    assertThat(backends.answered("app.test", List.of(), 30 * SECOND_NANOS))
        .containsExactly(API, SHOP);
    assertThat(backends.addresses(SHOP, 0)).isEmpty();
    assertThat(backends.answered("app.test", List.of(FIRST), 31 * SECOND_NANOS))
        .containsExactly(API, SHOP);
  }

  @Test
  void aNameThatIsNotAnsweredHoldsUpNoOther() {
    CountDownLatch never = new CountDownLatch(1);
    HostLookup half =
        host -> {
          if (host.equals("slow.test")) {
            awaitQuietly(never);
          }
          return HostLookup.Answer.of(List.of(FIRST));
        };
    assertThat(BackendNames.resolve(Set.of("slow.test", "app.test"), half))
        .isEqualTo(Map.of("app.test", List.of(FIRST)));
    never.countDown();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aNameIsResolvedAgainAndWhoMovedIsTold() throws Exception {
    DefaultEventLoop loop = new DefaultEventLoop();
    try {
      ControlLoop control = new ControlLoop(loop, () -> {});
      Backends backends = backends(Map.of());
      CompletableFuture<Set<ServiceName>> moved = new CompletableFuture<>();
      BackendNames names =
          new BackendNames(
              backends,
              host -> HostLookup.Answer.of(List.of(SECOND)),
              control,
              Thread::startVirtualThread,
              moved::complete);
      control.execute(names::start);
      assertThat(moved.get(30, TimeUnit.SECONDS)).containsExactly(API, SHOP);
      assertThat(control.ask(() -> backends.addresses(API, 0)).get(30, TimeUnit.SECONDS))
          .isEqualTo(at(SECOND, 82));
      control
          .ask(
              () -> {
                names.stop();
                return true;
              })
          .get(30, TimeUnit.SECONDS);
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
    }
  }

  @Test
  void aLookupThatFailsByItselfTellsNothingOfTheName() {
    assertThat(HostLookup.failed("app.test", "app.test: Name or service not known"))
        .isEqualTo(HostLookup.Answer.of(List.of()));
    for (String why :
        List.of("Temporary failure in name resolution", "Too many open files", "System error")) {
      assertThat(HostLookup.failed("app.test", "app.test: " + why))
          .isEqualTo(new HostLookup.Answer.NoAnswer(why));
    }
  }

  @Test
  void aResolverThatAnswersNothingMovesNoBackendHoweverLong() throws Exception {
    assertThat(whereAfterAMinute(host -> HostLookup.failed(host, host + ": Too many open files")))
        .isEqualTo(at(FIRST, 82));
    assertThat(whereAfterAMinute(host -> HostLookup.Answer.of(List.of()))).isEmpty();
  }

  /** Where a backend is after a lookup, a minute after its name was resolved for the last time. */
  private static List<InetSocketAddress> whereAfterAMinute(HostLookup lookup) throws Exception {
    DefaultEventLoop loop = new DefaultEventLoop();
    try {
      ControlLoop control = new ControlLoop(loop, () -> {});
      Backends backends =
          new Backends(
              List.of(service(API, new HostPort("app.test", 82))),
              Map.of(),
              Map.of("app.test", List.of(FIRST)),
              control.monotonicNanos() - 60 * SECOND_NANOS);
      // Lookups run on the control thread, so their answers stand in front of the question below.
      BackendNames names =
          new BackendNames(backends, lookup, control, Runnable::run, services -> {});
      control
          .ask(
              () -> {
                names.start();
                return true;
              })
          .get(30, TimeUnit.SECONDS);
      return control.ask(() -> backends.addresses(API, 0)).get(30, TimeUnit.SECONDS);
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
    }
  }

  @Test
  void namesThatWereNotAnsweredDoNotKeepTheOthersWaiting() throws Exception {
    DefaultEventLoop loop = new DefaultEventLoop();
    CountDownLatch never = new CountDownLatch(1);
    try {
      ControlLoop control = new ControlLoop(loop, () -> {});
      List<ServiceConfig> services = new ArrayList<>();
      for (int i = 0; i < BackendNames.LOOKUPS_AT_ONCE / 2; i++) {
        services.add(service(new ServiceName("dead" + i), new HostPort("dead" + i + ".test", 80)));
      }
      services.add(service(SHOP, new HostPort("shop.test", 80)));
      Backends backends = new Backends(services, Map.of(), Map.of(), 0);
      BackendNames names =
          new BackendNames(
              backends,
              host -> {
                if (host.startsWith("dead")) {
                  awaitQuietly(never);
                }
                return HostLookup.Answer.of(List.of(FIRST));
              },
              control,
              Thread::startVirtualThread,
              moved -> {});
      control.execute(names::start);
      Await.until(
          "the shop is found",
          () -> !control.ask(() -> backends.addresses(SHOP, 0)).join().isEmpty(),
          () -> "");
      control.execute(names::stop);
    } finally {
      never.countDown();
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
    }
  }

  @Test
  void eachTimeThatANameIsNotAnsweredAnyMoreIsLoggedOnce() throws Exception {
    DefaultEventLoop loop = new DefaultEventLoop();
    HostLookup.Answer none = new HostLookup.Answer.NoAnswer("no server could be reached");
    HostLookup.Answer found = HostLookup.Answer.of(List.of(FIRST));
    AtomicReference<HostLookup.Answer> answer = new AtomicReference<>(found);
    try (CapturedLog log = new CapturedLog()) {
      ControlLoop control = new ControlLoop(loop, () -> {});
      Backends backends = backends(Map.of());
      BackendNames names =
          new BackendNames(backends, host -> answer.get(), control, Runnable::run, moved -> {});
      int logged = 0;
      for (HostLookup.Answer next : List.of(none, none, found, found, none, none)) {
        logged += next.equals(none) && !answer.get().equals(none) ? 1 : 0;
        answer.set(next);
        control.execute(names::start);
        // Behind what the lookups have put there.
        control.ask(() -> backends.names()).join();
        control.ask(() -> backends.names()).join();
        assertThat(log.with("no answer about a backend's name", "app.test")).hasSize(logged);
      }
      control
          .ask(
              () -> {
                names.stop();
                return backends.names();
              })
          .join();
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
    }
  }

  @Test
  void aNodeStartsWithoutANameAndFollowsItToWhereItGoes() {
    TestWorld world = new TestWorld(folder);
    try {
      TestOrigin shop = world.origin("shop", 1);
      TestOrigin first = world.owned(new TestOrigin("first", world.address(1, 21)));
      int port = URI.create(first.url()).getPort();
      TestOrigin second =
          world.owned(new TestOrigin("second", new InetSocketAddress(world.address(1, 22), port)));
      Map<String, List<InetAddress>> zone = new ConcurrentHashMap<>();
      TestSite fra =
          world
              .site("fra", 1)
              .resolvesBy(host -> HostLookup.Answer.of(zone.getOrDefault(host, List.of())))
              .hosts("shop", 10, shop)
              .hostsAt("app", 11, "http://my_app.test:" + port)
              .start();
      awaitAnswer(fra, "shop", "shop");
      assertThat(HttpWire.get(fra.http, "app.test", "/").status()).isEqualTo(503);
      assertThat(fra.show("show/services")).contains("the host my_app.test does not resolve");
      zone.put("my_app.test", List.of(world.address(1, 21)));
      awaitAnswer(fra, "app", "first");
      // Both, one of which is not there: that one gets no request.
      first.close();
      zone.put("my_app.test", List.of(world.address(1, 21), world.address(1, 22)));
      awaitAnswer(fra, "app", "second");
      assertThat(second.connections.get()).isPositive();
    } finally {
      world.close();
    }
  }

  private static void awaitAnswer(TestSite site, String service, String origin) {
    Await.until(
        service + " is answered by " + origin,
        () -> {
          HttpWire.Answer answer = HttpWire.get(site.http, service + ".test", "/");
          return answer.status() == 200 && answer.body().contains(origin);
        },
        () -> site.show("show/services"));
  }
}
