package io.landfall.bfd;

import io.landfall.bfd.BfdConfig.Timing;
import io.landfall.bfd.SessionKeys.Freshness;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/** Two sessions, a link whose two directions can be cut, and a clock that moves when told. */
final class Pair {
  static final long MILLI = 1_000_000;
  private static final long DELAY_NANOS = MILLI;

  /** One end of the link. */
  final class End {
    final String name;
    final BfdSession session;
    final List<BfdEffect> changes = new ArrayList<>();
    final List<byte[]> sent = new ArrayList<>();
    final List<Long> sentAt = new ArrayList<>();
    boolean cutOutwards;
    boolean paused;
    private final List<byte[]> socket = new ArrayList<>();

    End(String name, BfdConfig config, long seed) {
      this.name = name;
      SplittableRandom random = new SplittableRandom(seed);
      this.session = new BfdSession(config, random::nextLong);
    }

    End other() {
      return this == a ? b : a;
    }

    void step(BfdEvent event) {
      for (BfdEffect effect : session.step(event, now)) {
        switch (effect) {
          case BfdEffect.Send(byte[] datagram) -> {
            sent.add(datagram);
            sentAt.add(now);
            if (!cutOutwards) {
              wire.add(new Flight(now + DELAY_NANOS, other(), datagram));
            }
          }
          default -> changes.add(effect);
        }
      }
    }

    private void arrived(byte[] datagram) {
      if (paused) {
        socket.add(datagram);
      } else {
        step(new BfdEvent.Received(datagram));
      }
    }

    /** Runs again after a pause: the timer first, which is the hard case, then the socket. */
    void resume() {
      paused = false;
      step(new BfdEvent.Tick());
      List<byte[]> unread = List.copyOf(socket);
      socket.clear();
      unread.forEach(datagram -> step(new BfdEvent.Received(datagram)));
    }

    BfdState state() {
      return session.state();
    }
  }

  private record Flight(long atNanos, End to, byte[] datagram) {}

  private final List<Flight> wire = new ArrayList<>();
  long now = 1;
  End a;
  End b;

  Pair(BfdConfig first, BfdConfig second) {
    a = new End("a", first, 1);
    b = new End("b", second, 2);
  }

  /** As between two nodes. */
  static Pair authenticated() {
    AuthenticationKey one =
        new AuthenticationKey(
            1, "key of direction one".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    AuthenticationKey two =
        new AuthenticationKey(
            2, "key of direction two".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    return new Pair(
        new BfdConfig(
            11,
            Timing.DEFAULT,
            Optional.of(
                new SessionKeys(
                    AuthenticationType.METICULOUS_KEYED_SHA1, one, two, Freshness.ONE_SESSION))),
        new BfdConfig(
            22,
            Timing.DEFAULT,
            Optional.of(
                new SessionKeys(
                    AuthenticationType.METICULOUS_KEYED_SHA1, two, one, Freshness.ONE_SESSION))));
  }

  /** As towards a router. */
  static Pair plain() {
    return new Pair(
        new BfdConfig(11, Timing.DEFAULT, Optional.empty()),
        new BfdConfig(22, Timing.DEFAULT, Optional.empty()));
  }

  Pair start() {
    a.step(new BfdEvent.Start());
    b.step(new BfdEvent.Start());
    return this;
  }

  /** Both Up, and the timers agreed. */
  Pair up() {
    start();
    run(3_000);
    if (a.state() != BfdState.UP || b.state() != BfdState.UP) {
      throw new AssertionError(a.state() + " and " + b.state());
    }
    a.changes.clear();
    b.changes.clear();
    return this;
  }

  /** Lets time pass. */
  void run(long millis) {
    long until = now + millis * MILLI;
    while (true) {
      Optional<Flight> flight = wire.stream().min(Comparator.comparingLong(Flight::atNanos));
      long next = flight.map(Flight::atNanos).orElse(Long.MAX_VALUE);
      for (End end : List.of(a, b)) {
        OptionalLong due = end.session.deadlineNanos();
        if (!end.paused && due.isPresent()) {
          next = Math.min(next, Math.max(now, due.getAsLong()));
        }
      }
      if (next > until) {
        now = until;
        return;
      }
      now = next;
      if (flight.isPresent() && flight.get().atNanos() <= now) {
        wire.remove(flight.get());
        flight.get().to().arrived(flight.get().datagram());
      } else {
        for (End end : List.of(a, b)) {
          OptionalLong due = end.session.deadlineNanos();
          if (!end.paused && due.isPresent() && due.getAsLong() <= now) {
            end.step(new BfdEvent.Tick());
          }
        }
      }
    }
  }

  /** Milliseconds until a condition holds, which it must within 10 s. */
  long millisUntil(java.util.function.BooleanSupplier condition) {
    long from = now;
    while (!condition.getAsBoolean()) {
      if (now - from > 10_000 * MILLI) {
        throw new AssertionError("not within 10 s: " + a.session.view() + " " + b.session.view());
      }
      run(1);
    }
    return (now - from) / MILLI;
  }
}
