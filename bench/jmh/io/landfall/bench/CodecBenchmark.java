package io.landfall.bench;

import io.landfall.bgp.SessionEffect;
import io.landfall.bgp.SessionEvent;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * An UPDATE from bytes to a message and back, through the session as it is used: framing, the RFC
 * 7606 ladder, the prefix codec of plane two, add-path. One operation is one UPDATE.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBenchmark {
  /** Routes in the UPDATE. */
  @Param({"1", "200"})
  public int routes;

  private Neighbor left;
  private Neighbor right;
  private HostAddress node;
  private final List<HostAddress> hosts = new ArrayList<>();
  private byte[] update;

  @Setup
  public void setUp() {
    left = new Neighbor("10.99.0.2");
    right = new Neighbor("10.99.0.3");
    node = Neighbor.BLOCK.parseHost("10.200.0.7");
    for (int i = 0; i < routes; i++) {
      hosts.add(Neighbor.BLOCK.host(node.offset() + 1_000 + i));
    }
    Deque<byte[]> toLeft =
        new ArrayDeque<>(right.take(new SessionEvent.Connected(1, Direction.INCOMING), 0));
    Deque<byte[]> toRight =
        new ArrayDeque<>(left.take(new SessionEvent.Connected(1, Direction.OUTGOING), 0));
    while (!toLeft.isEmpty() || !toRight.isEmpty()) {
      if (!toRight.isEmpty()) {
        toLeft.addAll(right.take(new SessionEvent.Received(1, toRight.poll()), 0));
      } else {
        toRight.addAll(left.take(new SessionEvent.Received(1, toLeft.poll()), 0));
      }
    }
    update = left.announce(node, 8, hosts).getFirst();
  }

  @Benchmark
  public List<SessionEffect<HostAddress>> decode() {
    List<SessionEffect<HostAddress>> effects = new ArrayList<>();
    right.session.step(new SessionEvent.Received(1, update), 0, effects::add);
    return effects;
  }

  @Benchmark
  public List<byte[]> encode() {
    return left.announce(node, 8, hosts);
  }
}
