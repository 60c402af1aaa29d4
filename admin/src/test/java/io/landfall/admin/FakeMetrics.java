package io.landfall.admin;

import io.landfall.admin.metrics.MetricsSource;
import io.landfall.core.Signal;
import java.util.List;
import java.util.Map;

/** Fixed figures. */
public final class FakeMetrics implements MetricsSource {
  /** Fixed figures. */
  public FakeMetrics() {}

  @Override
  public List<RequestCount> requests() {
    return List.of(new RequestCount("serve", "LOCAL_UP", "shop", 5));
  }

  @Override
  public Durations requestDurations() {
    return new Durations(new double[] {0.001, 0.01}, new long[] {2, 2, 1}, 0.5);
  }

  @Override
  public long overlayRoutes() {
    return 6;
  }

  @Override
  public Map<String, Long> overlayPeers() {
    return Map.of("established", 2L);
  }

  @Override
  public RevocationCounts revocations() {
    return new RevocationCounts(4, true, 3, 2);
  }

  @Override
  public List<RefusedCount> overlayRefused() {
    return List.of(new RefusedCount("nyc", "NOT_A_HOST", 3));
  }

  @Override
  public long ingressUpdatesSent() {
    return 7;
  }

  @Override
  public Map<String, Signal> serviceSignals() {
    return Map.of("shop", Signal.UP);
  }

  @Override
  public List<ProbeCount> probes() {
    return List.of(new ProbeCount("shop", "success", 9));
  }

  @Override
  public long droppedTrailers() {
    return 6;
  }

  @Override
  public TunnelCounts tunnels() {
    return new TunnelCounts(3, 8, 2, 1, 4, 5);
  }

  @Override
  public List<BfdUnmatched> bfdUnmatched() {
    return List.of(new BfdUnmatched("overlay", "no-session", 4));
  }

  @Override
  public ControlSteps controlSteps() {
    return new ControlSteps(
        new Durations(new double[] {0.001, 0.01}, new long[] {6, 2, 1}, 0.03), 0.02);
  }
}
