package io.landfall.admin;

import io.landfall.admin.metrics.DurationHistogram;
import io.landfall.admin.metrics.MetricsSource;
import io.landfall.admin.metrics.Planes;
import io.landfall.admin.metrics.QueueSize;
import io.landfall.admin.metrics.RefusedCounts;
import io.landfall.admin.metrics.Traffic;
import io.landfall.admin.metrics.TunnelCounts;
import io.landfall.admin.model.TlsStatus;
import io.landfall.core.Signal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Fixed figures. */
public class FakeMetrics implements MetricsSource {
  /** One listener with one certificate, whose files are not in force as they are. */
  public static final TlsStatus TLS =
      new TlsStatus(
          List.of("TLSv1.3"),
          List.of("X25519"),
          List.of(
              new TlsStatus.Listener(
                  "192.0.2.1:443",
                  Optional.of("site.key: the key does not belong to site.pem"),
                  Optional.empty(),
                  new TlsStatus.Handshakes(1, 2, 3),
                  new TlsStatus.Tickets("random", 2, Instant.EPOCH),
                  "none",
                  List.of(
                      new TlsStatus.Certificate(
                          "site.pem",
                          List.of("shop.test"),
                          "EC P-256",
                          "CN=ca",
                          Instant.ofEpochSecond(1_000_060),
                          0,
                          "none")))),
          List.of(
              new TlsStatus.Ordered(
                  "acme/site.pem",
                  List.of("shop.test"),
                  true,
                  Instant.ofEpochSecond(1_000_060),
                  2,
                  1,
                  0,
                  Optional.empty())));

  /** Fixed figures. */
  public FakeMetrics() {}

  @Override
  public List<AuthorizationCount> authorizations() {
    return List.of(
        new AuthorizationCount("shop", 1, new TreeMap<>(Map.of("allowed", 5L, "denied", 2L))));
  }

  @Override
  public SortedMap<String, Boolean> maintenance() {
    return new TreeMap<>(Map.of("shop", true));
  }

  @Override
  public TlsStatus tls() {
    return TLS;
  }

  @Override
  public Instant time() {
    return Instant.ofEpochSecond(1_000_000);
  }

  @Override
  public List<RequestCount> requests() {
    return List.of(new RequestCount("serve", "LOCAL_UP", "shop", 5));
  }

  @Override
  public Traffic traffic() {
    Traffic.OfOutcome served =
        new Traffic.OfOutcome(
            "serve",
            durations(),
            new TreeMap<>(Map.of("2xx", 4L, "5xx", 1L)),
            new TreeMap<>(Map.of("2xx", 6L)));
    Traffic.Attempts attempts =
        new Traffic.Attempts(durations(), new TreeMap<>(Map.of("2xx", 4L, "failed", 1L)));
    return new Traffic(
        List.of(
            new Traffic.OfService(
                "shop", List.of(served), durations(), new Traffic.Bytes(11, 12), 3)),
        List.of(new Traffic.OfNode("nyc", attempts)),
        List.of(new Traffic.OfBackend("shop", "192.0.2.7:80", true, attempts)));
  }

  private static DurationHistogram durations() {
    return new DurationHistogram(
        new double[] {0.001, 0.01},
        new long[] {2, 2, 1},
        0.5,
        Optional.of(new TreeMap<>(Map.of(-90, 2L, -60, 2L, -9, 1L))));
  }

  @Override
  public Planes planes() {
    return new Planes(
        new TreeMap<>(Map.of("192.0.2.9", true, "192.0.2.10", false)),
        List.of(new Planes.Prefix("192.0.2.9", "198.51.100.0/24", "draining")),
        new TreeMap<>(Map.of("nyc", false)),
        List.of(
            new Planes.Certificate("ca", "CN=ca", Instant.ofEpochSecond(1_000_090)),
            new Planes.Certificate("ca", "CN=ca", Instant.ofEpochSecond(1_000_030)),
            new Planes.Certificate("node", "CN=fra", Instant.ofEpochSecond(999_990))),
        0.25);
  }

  @Override
  public ConfigCounts config() {
    return new ConfigCounts(3, "0123456789ab", false, Instant.ofEpochSecond(999_000));
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
  public Map<String, ServiceSignal> serviceSignals() {
    return Map.of("shop", new ServiceSignal(Signal.UP, 4));
  }

  @Override
  public List<ProbeCount> probes() {
    return List.of(new ProbeCount("shop", "success", 9));
  }

  @Override
  public long lostLogLines() {
    return 12;
  }

  @Override
  public long droppedTrailers() {
    return 6;
  }

  @Override
  public SortedMap<String, Long> refusedProxyHeaders() {
    return new TreeMap<>(Map.of("TIMEOUT", 7L));
  }

  @Override
  public RefusedCounts refused() {
    return new RefusedCounts(new TreeMap<>(Map.of("HEAD_TOO_LARGE", 8L)), 5, 3);
  }

  @Override
  public QueueCounts queues() {
    return new QueueCounts(4, 9, 6, 2);
  }

  @Override
  public List<QueueSize> queueSizes() {
    return List.of(
        QueueSize.unbounded(QueueSize.CONTROL, 3),
        QueueSize.of(QueueSize.ACCESS_LOG, 65_536, 131_072));
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
        new DurationHistogram(new double[] {0.001, 0.01}, new long[] {6, 2, 1}, 0.03), 0.02);
  }
}
