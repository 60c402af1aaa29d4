package io.landfall.edge.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.landfall.core.ServiceName;
import io.landfall.decision.Candidate;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.OriginServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How requests are spread over backends, whatever their weights, by seeds. */
class BackendShareProperty {
  private static final ServiceName SHOP = new ServiceName("shop");
  private static final ServiceName API = new ServiceName("api");
  private static final BackendChoice.Asker ANY = backend -> true;

  private final Busy busy = new Busy();

  /** How many requests are in progress where. */
  private static final class Busy implements Destinations {
    final Map<OriginPlace, Integer> at = new HashMap<>();

    @Override
    public Origin origin(OriginPlace place) {
      return new Origin() {
        @Override
        public int busy() {
          return at.getOrDefault(place, 0);
        }

        @Override
        public Attempt attempt(Exchange exchange, ServiceName service) {
          throw new AssertionError("only asked how busy it is");
        }

        @Override
        public Attempt attemptOnNewConnection(Exchange exchange, ServiceName service) {
          throw new AssertionError("only asked how busy it is");
        }
      };
    }

    @Override
    public Attempt node(Exchange exchange, ServiceName service, Candidate candidate) {
      throw new AssertionError("no node");
    }
  }

  private static OriginServer backend(int number, boolean healthy, int weight) {
    OriginPlace place =
        new OriginPlace(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), number + 1), Optional.empty());
    return new OriginServer(place, healthy, weight);
  }

  private static List<OriginServer> backends(Random random, int most, int mostWeight) {
    List<OriginServer> some = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      some.add(backend(i, random.nextInt(5) > 0, random.nextInt(mostWeight + 1)));
    }
    some.add(backend(most, true, 1 + random.nextInt(mostWeight)));
    return some;
  }

  private static OriginServer next(
      BackendChoice choice,
      ServiceName service,
      List<OriginServer> backends,
      BackendChoice.Asker asker) {
    return Objects.requireNonNull(choice.of(service, backends, asker));
  }

  private static int total(List<OriginServer> backends) {
    return backends.stream()
        .filter(OriginServer::takesRequests)
        .mapToInt(OriginServer::weight)
        .sum();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void backendsThatAreNotBusyGetExactlyTheirShareInEachRound(long seed) {
    Random random = new Random(seed);
    for (int run = 0; run < 50; run++) {
      List<OriginServer> backends = backends(random, random.nextInt(12), 20);
      BackendChoice choice = new BackendChoice(busy, random);
      for (int round = 0; round < 3; round++) {
        Map<OriginServer, Integer> got = new HashMap<>();
        for (int i = 0; i < total(backends); i++) {
          got.merge(next(choice, SHOP, backends, ANY), 1, Integer::sum);
          // Another service has turns of its own.
          next(choice, API, backends, ANY);
        }
        for (OriginServer backend : backends) {
          int share = backend.takesRequests() ? backend.weight() : 0;
          assertThat(got.getOrDefault(backend, 0)).as("%s", backends).isEqualTo(share);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void turnsOfABackendAreSpreadOverTheRound(long seed) {
    Random random = new Random(seed);
    List<OriginServer> backends = List.of(backend(0, true, 500), backend(1, true, 500));
    BackendChoice choice = new BackendChoice(busy, random);
    int inARow = 0;
    OriginServer last = backends.getFirst();
    for (int i = 0; i < 2_000; i++) {
      OriginServer next = next(choice, SHOP, backends, ANY);
      inARow = next.equals(last) ? inARow + 1 : 1;
      last = next;
      assertThat(inARow).isLessThanOrEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void onlyWhatIsHealthyHasWeightAndWasNotTriedIsChosen(long seed) {
    Random random = new Random(seed);
    for (int run = 0; run < 200; run++) {
      List<OriginServer> backends = backends(random, random.nextInt(12), 3);
      BackendChoice choice = new BackendChoice(busy, random);
      backends.forEach(each -> busy.at.put(each.place(), random.nextInt(4)));
      Set<OriginServer> left = new HashSet<>(backends);
      left.removeIf(each -> !each.takesRequests());
      Set<OriginServer> tried = new HashSet<>();
      while (!left.isEmpty()) {
        OriginServer next = next(choice, SHOP, backends, each -> !tried.contains(each));
        assertThat(left).contains(next);
        left.remove(next);
        tried.add(next);
      }
      assertThat(choice.of(SHOP, backends, each -> !tried.contains(each))).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void backendsUnderLoadHoldRequestsInProportionToTheirWeights(long seed) {
    Random random = new Random(seed);
    List<OriginServer> backends =
        List.of(backend(0, true, 1), backend(1, true, 2), backend(2, true, 5));
    BackendChoice choice = new BackendChoice(busy, random);
    // As many requests at once as 25 for each unit of weight; they end in an order by chance.
    List<OriginServer> inProgress = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      if (inProgress.size() == 200) {
        OriginServer done = inProgress.remove(random.nextInt(inProgress.size()));
        busy.at.merge(done.place(), -1, Integer::sum);
      }
      OriginServer next = next(choice, SHOP, backends, ANY);
      busy.at.merge(next.place(), 1, Integer::sum);
      inProgress.add(next);
      if (i > 1_000) {
        for (OriginServer backend : backends) {
          assertThat(busy.at.get(backend.place()))
              .isCloseTo(25 * backend.weight(), within(5 + 2 * backend.weight()));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aBackendThatFailsAtOnceGetsNoMoreThanTwiceItsShare(long seed) {
    Random random = new Random(seed);
    int count = 10;
    List<OriginServer> backends = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      backends.add(backend(i, true, 1));
    }
    BackendChoice choice = new BackendChoice(busy, random);
    Deque<OriginServer> inProgress = new ArrayDeque<>();
    int failed = 0;
    int requests = 10_000;
    for (int i = 0; i < requests; i++) {
      OriginServer next = next(choice, SHOP, backends, ANY);
      if (next.equals(backends.getFirst())) {
        failed++;
        continue;
      }
      busy.at.merge(next.place(), 1, Integer::sum);
      inProgress.add(next);
      if (inProgress.size() > 100) {
        busy.at.merge(inProgress.remove().place(), -1, Integer::sum);
      }
    }
    // Its turn, one in ten, or drawn as the second: one in nine of the others.
    assertThat(failed).isCloseTo(2 * requests / count, within(requests / 50));
  }
}
