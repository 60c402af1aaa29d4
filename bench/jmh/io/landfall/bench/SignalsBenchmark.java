package io.landfall.bench;

import io.landfall.core.Now;
import io.landfall.core.ServiceName;
import io.landfall.signal.BackendAddress;
import io.landfall.signal.LocalSignals;
import io.landfall.signal.ProbeSpec;
import io.landfall.signal.ServiceSpec;
import io.landfall.signal.SignalEffect;
import io.landfall.signal.SignalEvent;
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
 * Probe results of a node with so many services, each probed once a second in virtual time: the
 * result that repeats the one before, and its share of the ticks that start probes. One
 * operation is one probe.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SignalsBenchmark {
  @Param({"16", "4096"})
  public int services;

  private final Deque<SignalEffect.RunProbe> out = new ArrayDeque<>();
  private LocalSignals signals;
  private long now;

  @Setup
  public void setUp() {
    List<ServiceSpec> specs = new ArrayList<>();
    for (int i = 0; i < services; i++) {
      specs.add(
          new ServiceSpec(
              new ServiceName("s" + i),
              List.of(new BackendAddress("127.0.0.1", 80)),
              new ProbeSpec(new ProbeSpec.Check.Tcp(), 1000, 500, 2, 2)));
    }
    signals = new LocalSignals(specs, now);
  }

  @Benchmark
  public int probe() {
    while (out.isEmpty()) {
      now = Math.max(now, signals.deadlineNanos().orElseThrow());
      step(new SignalEvent.Tick());
    }
    SignalEffect.RunProbe probe = out.remove();
    return step(new SignalEvent.ProbeDone(probe.service(), probe.ticket(), true, "connected", now));
  }

  private int step(SignalEvent event) {
    List<SignalEffect> effects = signals.step(event, new Now(now, 0));
    for (SignalEffect effect : effects) {
      if (effect instanceof SignalEffect.RunProbe probe) {
        out.add(probe);
      }
    }
    return effects.size();
  }
}
