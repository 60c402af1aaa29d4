package io.landfall.transport.tls;

import io.landfall.core.SourceNetwork;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may be in a handshake at the overlay port: so many in all, so many from one source, and some
 * places kept for addresses at which nodes were found before. When there is no place, the oldest
 * connection that has sent nothing goes, since whoever means to shake hands begins at once.
 *
 * <p>A source is a {@link SourceNetwork}: an IPv4 address or an IPv6 /64. A known address is a
 * source of its own, so that its neighbours in a /64 cannot take its places. Nothing here knows the
 * time or a socket; it is not for more than one thread at a time.
 *
 * @param <C> a connection
 */
final class HandshakeSlots<C> {
  private final int total;
  private final int perSource;
  private final int forStrangers;
  private final Map<C, Slot> slots = new HashMap<>();
  private final Map<Source, Held<C>> sources = new HashMap<>();
  private final Set<C> silentStrangers = new LinkedHashSet<>();
  private int strangers;

  /**
   * No connection yet.
   *
   * @param total connections in all
   * @param perSource connections of one source
   * @param keptForKnown how many of the total only known addresses can have
   */
  HandshakeSlots(int total, int perSource, int keptForKnown) {
    this.total = total;
    this.perSource = perSource;
    this.forStrangers = total - keptForKnown;
  }

  /** What became of a newcomer. */
  sealed interface Decision<C> {
    /** It has a place. */
    record Taken<C>() implements Decision<C> {}

    /** It has the place of another, which is to be closed. */
    record InPlaceOf<C>(C other) implements Decision<C> {}

    /** It has no place and is to be closed. */
    record Refused<C>(Limit limit) implements Decision<C> {}
  }

  /** Which limit left no place. */
  enum Limit {
    /** Too many of its own source, and all of them have begun. */
    SOURCE,
    /** Too many in all, and none that could go. */
    TOTAL
  }

  /** A network of strangers, or one known address. */
  private record Source(long network, Optional<InetAddress> known) {
    static Source of(InetAddress address, boolean known) {
      return new Source(SourceNetwork.of(address), known ? Optional.of(address) : Optional.empty());
    }
  }

  private record Slot(Source source, boolean known) {}

  /** What one source holds; those that are silent are in the order in which they came. */
  private static final class Held<C> {
    final Set<C> silent = new LinkedHashSet<>();
    int count;
  }

  /** A newcomer from this address; known when a node was found at the address before. */
  Decision<C> take(C connection, InetAddress from, boolean known) {
    Source source = Source.of(from, known);
    Held<C> held = sources.get(source);
    C other = null;
    if (held != null && held.count >= perSource) {
      other = first(held.silent);
      if (other == null) {
        return new Decision.Refused<>(Limit.SOURCE);
      }
    } else if (slots.size() >= total || (!known && strangers >= forStrangers)) {
      other = first(silentStrangers);
      if (other == null) {
        return new Decision.Refused<>(Limit.TOTAL);
      }
    }
    if (other != null) {
      release(other);
    }
    add(connection, new Slot(source, known));
    return other == null ? new Decision.Taken<>() : new Decision.InPlaceOf<>(other);
  }

  private static <C> @Nullable C first(Set<C> set) {
    return set.isEmpty() ? null : set.iterator().next();
  }

  private void add(C connection, Slot slot) {
    slots.put(connection, slot);
    Held<C> held = sources.computeIfAbsent(slot.source(), s -> new Held<>());
    held.count++;
    held.silent.add(connection);
    if (!slot.known()) {
      strangers++;
      silentStrangers.add(connection);
    }
  }

  /** A connection has sent its first byte, and keeps its place from now on. */
  void began(C connection) {
    Slot slot = slots.get(connection);
    if (slot != null) {
      silentStrangers.remove(connection);
      Held<C> held = sources.get(slot.source());
      if (held != null) {
        held.silent.remove(connection);
      }
    }
  }

  /** A connection is done with its handshake, or closed; more than once is as good as once. */
  void release(C connection) {
    Slot slot = slots.remove(connection);
    if (slot == null) {
      return;
    }
    silentStrangers.remove(connection);
    strangers -= slot.known() ? 0 : 1;
    Held<C> held = sources.get(slot.source());
    if (held != null) {
      held.silent.remove(connection);
      held.count--;
      if (held.count == 0) {
        sources.remove(slot.source());
      }
    }
  }

  /** How many have a place. */
  int size() {
    return slots.size();
  }
}
