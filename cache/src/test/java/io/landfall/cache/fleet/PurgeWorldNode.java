package io.landfall.cache.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.NodeName;
import io.landfall.core.Now;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One node of a {@link PurgeWorld}: its machine, and its cache, in which epochs decide what is
 * valid.
 */
final class PurgeWorldNode {
  private static final long LIMIT_NANOS = 5_000 * PurgeWorld.MILLI;

  final PurgeWorld world;
  final NodeName name;
  boolean alive;
  boolean holding;
  private PurgeFleet fleet;
  private long lives;
  private long timer;
  private long tickets;
  final Map<Long, PurgeEffect.Answer> answers = new TreeMap<>();
  private final TreeSet<NodeName> up = new TreeSet<>();

  /** What nodes had applied when they were compared with, since the hold began. */
  private final Map<NodeName, Set<String>> owed = new TreeMap<>();

  // The cache. Purges are named "OBJECT:VERSION".
  final TreeSet<String> applied = new TreeSet<>();

  /** Those of them that are in logs since the start. */
  final TreeSet<String> logged = new TreeSet<>();

  /** What is kept of the logs over restarts. */
  private final List<PurgeRecord> kept = new ArrayList<>();

  private final Map<Integer, long[]> stored = new TreeMap<>();
  private final Map<Integer, Long> marks = new TreeMap<>();
  private final Map<Long, Long> batches = new TreeMap<>();
  private long epoch;
  private long allBefore;
  private OptionalLong unconfirmed = OptionalLong.empty();

  PurgeWorldNode(PurgeWorld world, NodeName name) {
    this.world = world;
    this.name = name;
    this.fleet = machine(Optional.empty());
  }

  /** How a node starts: with what of its run before. */
  enum Start {
    /** Nothing: it has no disk. */
    EMPTY,
    /** What is cached, and no log of purges. */
    CACHE,
    /** What is cached and the log, but for its end, which was not durable yet. */
    CACHE_AND_LOG
  }

  void start(Start how) {
    boolean keepsCache = how != Start.EMPTY;
    alive = true;
    lives++;
    up.clear();
    owed.clear();
    batches.clear();
    unconfirmed = OptionalLong.empty();
    logged.clear();
    if (!keepsCache) {
      stored.clear();
      world.nodes.forEach(each -> applied.addAll(each.applied));
    }
    // A connection does not outlive its process.
    world.nodes.forEach(other -> other.lose(this));
    Optional<List<PurgeRecord>> before = Optional.empty();
    if (how == Start.CACHE_AND_LOG) {
      before = Optional.of(restored());
    }
    kept.clear();
    before.ifPresent(kept::addAll);
    fleet = machine(before);
    holding = fleet.holdsAtStart();
    arm();
    for (PurgeWorldNode other : world.nodes) {
      if (!other.equals(this)) {
        world.inMillis(300, () -> look(other));
        world.inMillis(300, () -> other.look(this));
      }
    }
  }

  private PurgeFleet machine(Optional<List<PurgeRecord>> before) {
    return new PurgeFleet(
        new FleetSettings(name, lives, LIMIT_NANOS, true, world.mostEntries, before),
        world.nowNanos);
  }

  /** As it is read from a file of which the end may not have been written. */
  private List<PurgeRecord> restored() {
    int lost = world.seeded.nextBoolean() ? 0 : world.seeded.nextInt(4);
    List<PurgeRecord> read = new ArrayList<>();
    for (PurgeRecord each : kept.subList(0, Math.max(0, kept.size() - lost))) {
      read.add(PurgeCodec.record(PurgeCodec.encode(each)).orElseThrow());
    }
    for (PurgeRecord each : read) {
      if (each instanceof PurgeRecord.Entries(Segment segment, boolean _)) {
        segment.purges().forEach(purge -> logged.add(purge.what()));
      }
    }
    return read;
  }

  /** The file of the log is written anew, with what counts. */
  private void renewsFile() {
    List<PurgeRecord> all = fleet.kept();
    assertThat(machine(Optional.of(kept)).kept()).isEqualTo(all);
    assertThat(machine(Optional.of(all)).kept()).isEqualTo(all);
    kept.clear();
    kept.addAll(all);
  }

  void kill() {
    if (world.seeded.nextBoolean()) {
      renewsFile();
    }
    alive = false;
    timer++;
    for (PurgeWorldNode other : world.nodes) {
      world.inMillis(9_000, () -> other.look(this));
    }
  }

  private void lose(PurgeWorldNode other) {
    if (alive && up.remove(other.name)) {
      owed.remove(other.name);
      step(new PurgeEvent.PeerDown(other.name));
    }
  }

  /** The channel to another node comes up or is lost, if that is so. */
  void look(PurgeWorldNode other) {
    boolean linked = world.isLinked(this, other);
    if (alive && linked && up.add(other.name)) {
      step(new PurgeEvent.PeerUp(other.name));
    } else if (!linked) {
      lose(other);
    }
  }

  void give(int object, long version, boolean soft) {
    String what = object + ":" + version;
    step(
        new PurgeEvent.Given(
            ++tickets, new FleetPurge(FleetPurge.Kind.TAG, what, soft), 1_000 * PurgeWorld.MILLI));
  }

  long tickets() {
    return tickets;
  }

  PurgeFleet fleet() {
    return fleet;
  }

  void step(PurgeEvent event) {
    List<PurgeEffect> effects = fleet.step(event, new Now(world.nowNanos, 0));
    effects.forEach(this::carryOut);
    arm();
  }

  private void arm() {
    long mine = ++timer;
    OptionalLong deadline = fleet.deadlineNanos();
    if (deadline.isPresent()) {
      // Never at once: a machine that has nothing to do must not ask for that.
      long wait = Math.max(PurgeWorld.MILLI / 10, deadline.getAsLong() - world.nowNanos);
      world.at(
          wait,
          () -> {
            if (alive && timer == mine) {
              step(new PurgeEvent.Tick());
            }
          });
    }
  }

  /** As the edge does: what it applies is unconfirmed, until an effect confirms it. */
  private void applies(long batch, long firstEpoch) {
    batches.put(batch, firstEpoch);
    unconfirmed = OptionalLong.of(Math.min(unconfirmed.orElse(Long.MAX_VALUE), firstEpoch));
  }

  /** Whether what other nodes answer with is known to be from behind all purges. */
  boolean isConfirmed() {
    return unconfirmed.isEmpty();
  }

  private void carryOut(PurgeEffect effect) {
    switch (effect) {
      case PurgeEffect.Apply(long batch, List<FleetPurge> purges) -> {
        applies(batch, epoch + 1);
        for (FleetPurge purge : purges) {
          int object = Integer.parseInt(purge.what().substring(0, purge.what().indexOf(':')));
          marks.put(object, ++epoch);
          applied.add(purge.what());
          logged.add(purge.what());
        }
      }
      case PurgeEffect.DropAll(long batch, String _) -> {
        applies(batch, ++epoch);
        allBefore = epoch;
        // Whatever there was until now cannot be served.
        world.nodes.forEach(each -> applied.addAll(each.applied));
      }
      case PurgeEffect.Keep(List<PurgeRecord> changes) -> kept.addAll(changes);
      case PurgeEffect.Send(NodeName to, long request, PurgeMessage.Request message) ->
          send(world.node(to), request, message);
      case PurgeEffect.Reply _ -> throw new AssertionError("only for what is received");
      case PurgeEffect.Hold(boolean on, String _) -> {
        holding = on;
        if (!on) {
          owed.values().forEach(had -> assertThat(applied).as("%s serves", name).containsAll(had));
          owed.clear();
        }
      }
      case PurgeEffect.Unconfirmed(OptionalLong batch) ->
          unconfirmed =
              batch.isEmpty()
                  ? OptionalLong.empty()
                  : OptionalLong.of(batches.getOrDefault(batch.getAsLong(), 1L));
      case PurgeEffect.Answer answer -> answers.put(answer.ticket(), answer);
    }
  }

  private void send(PurgeWorldNode to, long request, PurgeMessage.Request message) {
    long life = lives;
    PurgeMessage.Request carried = PurgeCodec.request(PurgeCodec.encode(message)).orElseThrow();
    world.carry(
        this,
        to,
        () -> {
          if (life != lives) {
            return;
          }
          PurgeMessage.Reply reply = to.asked(this, carried);
          TreeSet<String> had = new TreeSet<>(to.logged);
          PurgeMessage.Reply back = PurgeCodec.reply(PurgeCodec.encode(reply)).orElseThrow();
          world.carry(
              to,
              this,
              () -> {
                if (life == lives) {
                  answered(to, request, back, had);
                }
              });
        });
  }

  private PurgeMessage.Reply asked(PurgeWorldNode from, PurgeMessage.Request message) {
    List<PurgeMessage.Reply> replies = new ArrayList<>();
    PurgeEvent event = new PurgeEvent.Received(1, from.name, message);
    for (PurgeEffect effect : fleet.step(event, new Now(world.nowNanos, 0))) {
      if (effect instanceof PurgeEffect.Reply(long _, PurgeMessage.Reply found)) {
        replies.add(found);
      } else {
        carryOut(effect);
      }
    }
    arm();
    assertThat(replies).hasSize(1);
    return replies.getFirst();
  }

  private void answered(
      PurgeWorldNode by, long request, PurgeMessage.Reply reply, Set<String> had) {
    boolean compares =
        reply instanceof PurgeMessage.Have
            && fleet.view(world.nowNanos).nodes().stream()
                .anyMatch(each -> each.name().equals(by.name) && each.up() && !each.caughtUp());
    if (compares && holding) {
      owed.put(by.name, had);
    }
    step(new PurgeEvent.Answered(by.name, request, reply));
  }

  // ---- the cache ----

  /** What is stored and was not purged: version, and epoch at which it was asked for. */
  private long @Nullable [] valid(int object) {
    long[] entry = stored.get(object);
    boolean isValid =
        entry != null && entry[1] >= marks.getOrDefault(object, 0L) && entry[1] >= allBefore;
    return isValid && !holding ? entry : null;
  }

  /** What a request is answered with now, from the cache or the origin. */
  long read(int object) {
    long[] entry = valid(object);
    if (entry != null) {
      return entry[0];
    }
    stored.put(object, new long[] {world.versions[object], epoch});
    return world.versions[object];
  }

  /** What is served without asking; the greatest number for nothing. */
  long held(int object) {
    long[] entry = valid(object);
    return entry == null ? Long.MAX_VALUE : entry[0];
  }

  /** Fetches an object from another node or the origin, which takes its time. */
  void fetch(int object) {
    List<NodeName> places = List.copyOf(up);
    boolean fromNode = !places.isEmpty() && world.seeded.nextBoolean();
    long since =
        fromNode && unconfirmed.isPresent() ? Math.min(epoch, unconfirmed.getAsLong() - 1) : epoch;
    long life = lives;
    PurgeWorldNode from =
        fromNode ? world.node(places.get(world.seeded.nextInt(places.size()))) : this;
    world.carry(
        this,
        from,
        () -> {
          long version = fromNode ? from.read(object) : world.versions[object];
          world.carry(
              from,
              this,
              () -> {
                if (alive && life == lives) {
                  stored.put(object, new long[] {version, since});
                }
              });
        });
  }
}
