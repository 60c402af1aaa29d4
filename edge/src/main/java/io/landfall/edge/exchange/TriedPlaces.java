package io.landfall.edge.exchange;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The places that one request was tried on: backends, and nodes by their identities. */
final class TriedPlaces {
  private final int most;

  // Most requests are tried once only.
  private @Nullable Object first;
  private @Nullable List<Object> others;

  /** None yet, and so many at most. */
  TriedPlaces(int most) {
    this.most = most;
  }

  void add(Object place) {
    if (first == null) {
      first = place;
      return;
    }
    List<Object> also = others;
    if (also == null) {
      also = new ArrayList<>(most);
      others = also;
    }
    also.add(place);
  }

  /** None counts as tried any more. */
  void clear() {
    first = null;
    others = null;
  }

  boolean contains(Object place) {
    return place.equals(first) || (others != null && others.contains(place));
  }
}
