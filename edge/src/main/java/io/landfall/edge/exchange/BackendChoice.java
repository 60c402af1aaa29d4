package io.landfall.edge.exchange;

import io.landfall.core.ServiceName;
import io.landfall.edge.OriginServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which backend of a service gets a request, on one event loop: fewest requests in progress of two
 * (docs/edge.md).
 *
 * <p>The first of the two is the one whose turn it is. Each backend has as many turns as its
 * weight, spread over the round; so backends that are equally busy, or not at all, get requests
 * exactly in proportion to their weights. The second is drawn at random from the others, each with
 * its weight. The first gets the request unless the second has fewer requests in progress for its
 * weight. Among all of them the least busy would be too good: one that fails each request at once
 * is always the least busy, and would get them all.
 *
 * <p>Nothing is allocated for a choice.
 */
final class BackendChoice {
  /** The golden ratio: steps of that part of a round come back to a place as late as they can. */
  private static final double PART_OF_ROUND = 0.618_033_988_749_894_9;

  /** Who asks for a backend. */
  interface Asker {
    /** Whether it may be this one: not if it was tried already. */
    boolean mayTry(OriginServer backend);

    /** What it gets of all requests, in relation to the others' shares; more than 0. */
    default int share(OriginServer backend) {
      return backend.weight();
    }
  }

  private static final class Turns {
    int next;
  }

  private final Destinations destinations;
  private final RandomGenerator random;

  /** As many as services. */
  private final Map<ServiceName, Turns> turns = new HashMap<>();

  /** Every service begins a round. */
  BackendChoice(Destinations destinations, RandomGenerator random) {
    this.destinations = destinations;
    this.random = random;
  }

  /** The backend that gets the request; null when there is none that takes it. */
  @Nullable OriginServer of(ServiceName service, List<OriginServer> backends, Asker asker) {
    int total = 0;
    for (OriginServer backend : backends) {
      total += share(backend, asker);
    }
    if (total == 0) {
      return null;
    }
    Turns own = turns.computeIfAbsent(service, any -> new Turns());
    int turn = own.next;
    own.next = (turn + 1) & Integer.MAX_VALUE;
    OriginServer first = at((int) ((long) turn * step(total) % total), backends, asker, null);
    int others = total - share(first, asker);
    if (others == 0) {
      return first;
    }
    OriginServer second = at(random.nextInt(others), backends, asker, first);
    return isLessBusy(second, first, asker) ? second : first;
  }

  private static int share(OriginServer backend, Asker asker) {
    return backend.takesRequests() && asker.mayTry(backend) ? asker.share(backend) : 0;
  }

  /** The backend whose share of all of them, one behind the other, has this point. */
  @SuppressWarnings("ReferenceEquality") // Two names may have one address: equal, and each its own.
  private static OriginServer at(
      int point, List<OriginServer> backends, Asker asker, @Nullable OriginServer but) {
    int left = point;
    OriginServer last = backends.getLast();
    for (OriginServer backend : backends) {
      int share = backend == but ? 0 : share(backend, asker);
      if (share == 0) {
        continue;
      }
      last = backend;
      left -= share;
      if (left < 0) {
        break;
      }
    }
    return last;
  }

  /** Steps of this length come to each point of a round before they come to one again. */
  private static int step(int round) {
    int step = Math.max(1, (int) (round * PART_OF_ROUND));
    while (gcd(step, round) != 1) {
      step++;
    }
    return step;
  }

  private static int gcd(int a, int b) {
    int more = a;
    int less = b;
    while (less != 0) {
      int rest = more % less;
      more = less;
      less = rest;
    }
    return more;
  }

  private boolean isLessBusy(OriginServer one, OriginServer other, Asker asker) {
    long busyOne = destinations.origin(one.place()).busy();
    long busyOther = destinations.origin(other.place()).busy();
    return busyOne * asker.share(other) < busyOther * asker.share(one);
  }
}
