package io.landfall.control;

import io.landfall.bfd.BfdConfig;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.overlay.PeerInfo;
import io.landfall.trust.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/**
 * Whole machines of plane two under a virtual clock, joined by streams in memory. Nothing here has
 * another source of chance than the seed, and what is done at one time is done in the order in
 * which it was asked for, so the same seed gives the same run.
 */
final class World {
  static final ServiceName SHOP = new ServiceName("shop");
  static final HostAddress SHOP_AT = TestPeers.host("10.32.1.10");
  static final int PORT = 8443;

  /** A node may come back at an address that is so much higher. */
  static final int MOVED = 100;

  /** How long a dial takes that nothing answers. */
  private static final long CONNECT_MILLIS = 3_000;

  /** A run that takes more than this never ends. */
  private static final int MAX_STEPS = 2_000_000;

  final SplittableRandom seeded;

  /** The pace of BFD: slower than nodes are, for many runs. */
  final BfdConfig.Timing bfd = new BfdConfig.Timing(1_000, 3);

  final List<WorldNode> nodes = new ArrayList<>();

  /** Whether the time of day is set forward and back by an hour, over and over. */
  boolean isTimeOfDayWild;

  /** Whether nodes that are started from now on try what their peers name. */
  boolean learns;

  /** What a node is to another, by the config of the other; of nodes started from now on. */
  BiFunction<HostAddress, NodeName, PeerInfo.Relation> relation =
      (of, to) -> PeerInfo.Relation.MESH;

  /** Pairs of places between which nothing arrives. */
  private final TreeSet<String> broken = new TreeSet<>();

  private final TreeMap<Long, WorldStream> streams = new TreeMap<>();
  private final PriorityQueue<Planned> plan = new PriorityQueue<>();
  private long planned;
  private long lastStream;
  private long nowNanos;
  private int steps;
  private long trace;

  /** What is done at some time; at one time in the order of planning. */
  private record Planned(long atNanos, long number, Runnable task) implements Comparable<Planned> {
    @Override
    public int compareTo(Planned other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  World(long seed) {
    this.seeded = new SplittableRandom(seed);
  }

  /** Three nodes that are each other's candidates. */
  static World ofThree(long seed) {
    return ofThree(seed, List.of(at(1), at(2), at(3), at(1 + MOVED), at(2 + MOVED), at(3 + MOVED)));
  }

  /** Three nodes with these candidates, the same for all: their own are among them. */
  static World ofThree(long seed, List<Endpoint> candidates) {
    World world = new World(seed);
    for (int n = 1; n <= 3; n++) {
      world.nodes.add(new WorldNode(world, n, candidates));
    }
    return world;
  }

  static Endpoint at(int place) {
    return new Endpoint("203.0.113." + place, PORT);
  }

  static InetSocketAddress socket(int place, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("203.0.113." + place), port);
  }

  WorldNode node(int number) {
    return nodes.get(number - 1);
  }

  long nowNanos() {
    return nowNanos;
  }

  /** The time of day, milliseconds since 1970. */
  long wallMillis() {
    long wrongByHours = isTimeOfDayWild ? nowNanos / TimeUnit.SECONDS.toNanos(7) % 3 - 1 : 0;
    return TestPeers.NOW
        + TimeUnit.NANOSECONDS.toMillis(nowNanos)
        + TimeUnit.HOURS.toMillis(wrongByHours);
  }

  /** The same for two runs that did the same. */
  long trace() {
    return trace;
  }

  void traced(String what) {
    trace = 31 * (31 * trace + nowNanos) + what.hashCode();
  }

  void in(long delayNanos, Runnable task) {
    plan.add(new Planned(nowNanos + Math.max(0, delayNanos), planned++, task));
  }

  void inMillis(long delay, Runnable task) {
    in(TimeUnit.MILLISECONDS.toNanos(delay), task);
  }

  /** How long a message takes now. */
  long latencyNanos() {
    return TimeUnit.MICROSECONDS.toNanos(seeded.nextInt(200, 20_000));
  }

  /** Lets so much time pass. */
  void run(long millis) {
    long until = nowNanos + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!plan.isEmpty() && plan.peek().atNanos() <= until) {
      Planned next = plan.remove();
      nowNanos = next.atNanos();
      if (++steps > MAX_STEPS) {
        throw new AssertionError("it never comes to rest");
      }
      next.task().run();
    }
    nowNanos = until;
  }

  /** Whether anything arrives between two places. */
  boolean isBroken(int one, int other) {
    return broken.contains(Math.min(one, other) + "-" + Math.max(one, other));
  }

  /** Nothing arrives between two places any more, and neither end is informed. */
  void breakPath(int one, int other) {
    broken.add(Math.min(one, other) + "-" + Math.max(one, other));
    streams.values().stream().filter(s -> s.joins(one, other)).forEach(WorldStream::stall);
    node(one).channels().pathLost(node(other));
    node(other).channels().pathLost(node(one));
  }

  void mendPath(int one, int other) {
    broken.remove(Math.min(one, other) + "-" + Math.max(one, other));
  }

  void mendAllPaths() {
    broken.clear();
  }

  /** Resets the streams between two places; both ends see it, if the path is good. */
  void resetStreams(int one, int other) {
    for (WorldStream stream : List.copyOf(streams.values())) {
      if (stream.joins(one, other) && !isBroken(one, other)) {
        stream.reset("connection reset");
      }
    }
  }

  /** Every stream whose end one side has not seen. */
  List<WorldStream> streamsOf(WorldNode node) {
    return streams.values().stream().filter(s -> s.isOpenAt(node)).toList();
  }

  Optional<WorldStream> stream(long number) {
    return Optional.ofNullable(streams.get(number));
  }

  void gone(WorldStream stream) {
    streams.remove(stream.number());
  }

  /** The node that listens there and can be reached from a place. */
  private Optional<WorldNode> listener(int from, InetSocketAddress to) {
    for (WorldNode node : nodes) {
      if (to.equals(socket(node.address(), node.port))
          && node.isListening()
          && !isBroken(from, node.place())) {
        return Optional.of(node);
      }
    }
    return Optional.empty();
  }

  /** Dials a candidate, as the handshake of two nodes with good certificates goes. */
  void dialCandidate(WorldNode from, Endpoint candidate) {
    InetSocketAddress to =
        new InetSocketAddress(InetAddress.ofLiteral(candidate.host()), candidate.port());
    int life = from.life();
    Optional<WorldNode> there = listener(from.place(), to);
    in(
        there.isPresent() ? 2 * latencyNanos() : TimeUnit.MILLISECONDS.toNanos(CONNECT_MILLIS),
        () -> {
          if (from.life() != life) {
            return;
          }
          Optional<WorldNode> still = listener(from.place(), to);
          if (there.isEmpty() || still.isEmpty()) {
            from.step(new ControlEvent.CandidateFailed(candidate, "connection refused"));
          } else if (still.get() == from) {
            from.step(new ControlEvent.CandidateIsThisNode(candidate));
          } else {
            connected(from, candidate, still.get());
          }
        });
  }

  private void connected(WorldNode from, Endpoint candidate, WorldNode to) {
    WorldStream stream = new WorldStream(this, ++lastStream, from, to);
    streams.put(stream.number(), stream);
    stream.openAtAcceptor();
    from.step(new ControlEvent.CandidateReached(candidate, to.certificate()));
    from.step(
        new ControlEvent.StreamOpened(
            stream.number(), to.certificate(), socket(to.address(), to.port), Direction.OUTGOING));
  }

  /** Dials a place for a forwarding channel. */
  void dialChannel(WorldNode from, long dial, InetSocketAddress to) {
    int life = from.life();
    Optional<WorldNode> there = listener(from.place(), to);
    long slow = there.isPresent() && there.get() == from.slowTo ? from.slowNanos : 0;
    in(
        there.isPresent()
            ? slow + 2 * latencyNanos()
            : TimeUnit.MILLISECONDS.toNanos(CONNECT_MILLIS),
        () -> {
          if (from.life() != life) {
            return;
          }
          Optional<WorldNode> still = listener(from.place(), to);
          if (there.isEmpty() || still.isEmpty()) {
            from.step(new ControlEvent.ChannelFailed(dial, "connection refused"));
          } else {
            from.channels().reached(dial, still.get());
          }
        });
  }

  /** Sends a datagram, which arrives once, later, or never. */
  void send(WorldNode from, byte[] datagram, InetSocketAddress to) {
    InetSocketAddress source = socket(from.address(), from.port);
    Optional<WorldNode> there = listener(from.place(), to);
    there.ifPresent(
        node -> {
          int life = node.life();
          in(
              latencyNanos(),
              () -> {
                if (node.life() == life && !isBroken(from.place(), node.place())) {
                  node.paths().step(new PathEvent.Datagram(datagram, source));
                }
              });
        });
  }
}
