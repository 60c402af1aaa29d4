package io.landfall.control;

import io.landfall.core.Direction;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/** One stream of two nodes: what one end writes arrives at the other whole, in order, or never. */
final class WorldStream {
  /** As the sockets of the overlay's port have it. */
  private static final int USER_TIMEOUT_MILLIS = 9_000;

  private final World world;
  private final long number;
  private final End dialler;
  private final End acceptor;
  private final InetSocketAddress dialling;
  private final InetSocketAddress accepting;
  private boolean stalled;

  /** One end: whose it is, and what is on its way to it. */
  private static final class End {
    final WorldNode node;
    final int life;
    boolean open;
    boolean closing;
    long lastArrivalNanos;

    End(WorldNode node) {
      this.node = node;
      this.life = node.life();
    }

    boolean isAlive() {
      return node.life() == life;
    }
  }

  WorldStream(World world, long number, WorldNode from, WorldNode to) {
    this.world = world;
    this.number = number;
    this.dialler = new End(from);
    this.acceptor = new End(to);
    dialler.open = true;
    this.accepting = World.socket(to.address(), to.port);
    this.dialling = World.socket(from.address(), 40_000 + (int) (number % 10_000));
  }

  long number() {
    return number;
  }

  boolean isDialledBy(WorldNode node) {
    return node == dialler.node;
  }

  /** The other end's address, as this node sees it. */
  InetSocketAddress remoteEnd(WorldNode node) {
    return isDialledBy(node) ? accepting : dialling;
  }

  /** The same at both ends, and another for each stream. */
  byte[] keyingMaterial() {
    byte[] material = new byte[PathKeys.BYTES];
    new SplittableRandom(number).nextBytes(material);
    return material;
  }

  boolean joins(int one, int other) {
    int a = dialler.node.place();
    int b = acceptor.node.place();
    return (a == one && b == other) || (a == other && b == one);
  }

  boolean isOpenAt(WorldNode node) {
    boolean ours = node == dialler.node || node == acceptor.node;
    End end = endOf(node);
    return ours && end.open && end.isAlive();
  }

  private End endOf(WorldNode node) {
    return node == dialler.node ? dialler : acceptor;
  }

  private End other(End end) {
    return end == dialler ? acceptor : dialler;
  }

  /** Nothing arrives any more; whoever has something on its way gives up in time, as TCP does. */
  void stall() {
    stalled = true;
    for (End end : new End[] {dialler, acceptor}) {
      world.inMillis(
          USER_TIMEOUT_MILLIS + world.seeded.nextInt(3_000),
          () -> {
            if (end.open && end.isAlive()) {
              ended(end, "connection timed out");
            }
          });
    }
  }

  /** The acceptor sees the stream before anything that comes on it. */
  void openAtAcceptor() {
    arrive(
        acceptor,
        () -> !acceptor.closing,
        () -> {
          acceptor.open = true;
          acceptor.node.step(
              new ControlEvent.StreamOpened(
                  number,
                  dialler.node.certificate(),
                  World.socket(dialler.node.address(), 40_000 + (int) (number % 10_000)),
                  Direction.INCOMING));
        });
  }

  /** Something arrives at an end, after all that was sent before. */
  private void arrive(End at, Runnable task) {
    arrive(at, () -> at.open, task);
  }

  private void arrive(End at, BooleanSupplier asLongAs, Runnable task) {
    long arrival = Math.max(at.lastArrivalNanos, world.nowNanos() + world.latencyNanos()) + 1;
    at.lastArrivalNanos = arrival;
    world.in(
        arrival - world.nowNanos(),
        () -> {
          if (asLongAs.getAsBoolean() && at.isAlive() && !stalled) {
            task.run();
          }
        });
  }

  /** One end writes; false when its buffer is full now. */
  boolean write(WorldNode from, byte[] bytes) {
    End end = endOf(from);
    if (!end.open || end.closing) {
      return true;
    }
    End to = other(end);
    int cut = world.seeded.nextInt(4) == 0 ? world.seeded.nextInt(bytes.length + 1) : bytes.length;
    if (cut > 0) {
      deliver(to, Arrays.copyOf(bytes, cut));
    }
    if (cut < bytes.length) {
      deliver(to, Arrays.copyOfRange(bytes, cut, bytes.length));
    }
    boolean full = world.seeded.nextInt(8) == 0;
    if (full && !stalled) {
      world.in(
          world.latencyNanos(),
          () -> {
            if (end.open && end.isAlive() && !stalled) {
              end.node.step(new ControlEvent.StreamWritable(number));
            }
          });
    }
    return !full && !stalled;
  }

  private void deliver(End to, byte[] bytes) {
    arrive(to, () -> to.node.step(new ControlEvent.StreamBytes(number, bytes)));
  }

  /** One end closes, after what it wrote. */
  void close(WorldNode from, String why) {
    End end = endOf(from);
    if (!end.open || end.closing) {
      return;
    }
    end.closing = true;
    End to = other(end);
    arrive(to, () -> ended(to, "the peer closed the connection"));
    world.in(
        world.latencyNanos(),
        () -> {
          if (end.open && end.isAlive()) {
            ended(end, why);
          }
        });
  }

  /** Both ends see it, each after a while. */
  void reset(String why) {
    acceptor.closing |= !acceptor.open;
    for (End end : new End[] {dialler, acceptor}) {
      world.in(
          world.latencyNanos(),
          () -> {
            if (end.open && end.isAlive()) {
              ended(end, why);
            }
          });
    }
  }

  private void ended(End end, String why) {
    end.open = false;
    if (!dialler.open && !acceptor.open) {
      world.gone(this);
    }
    end.node.step(
        new ControlEvent.StreamClosed(other(end).node.certificate().identity(), number, why));
  }
}
