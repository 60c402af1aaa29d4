package io.landfall.admin;

import io.landfall.admin.model.BfdRow;
import io.landfall.admin.model.CacheReport;
import io.landfall.admin.model.CacheUrlReport;
import io.landfall.admin.model.DecisionView;
import io.landfall.admin.model.ExplainView;
import io.landfall.admin.model.IngressStatus;
import io.landfall.admin.model.PeerRow;
import io.landfall.admin.model.PurgeReport;
import io.landfall.admin.model.RefusedRow;
import io.landfall.admin.model.RevocationStatus;
import io.landfall.admin.model.ServiceStatus;
import io.landfall.admin.model.TlsStatus;
import io.landfall.admin.model.TunnelStatus;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.ServiceName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A node with fixed views that writes down its commands; it knows the service {@code shop} only.
 */
final class FakeBackend implements AdminBackend {
  static final Block BLOCK = Block.parse("10.32.0.0/23");
  static final HostAddress FRA = BLOCK.parseHost("10.32.0.1");
  static final HostAddress NYC = BLOCK.parseHost("10.32.0.2");
  static final HostAddress SHOP = BLOCK.parseHost("10.32.1.10");
  static final Instant NOON = Instant.parse("2026-11-23T12:00:00.123456Z");

  final List<String> commands = Collections.synchronizedList(new ArrayList<>());

  /** What was decided last. */
  static final List<DecisionView> DECISIONS =
      List.of(
          new DecisionView(
              NOON,
              new DecisionView.Asked("shop.example", "/a?token=secret", "GET"),
              new DecisionView.Answer("forward", "REMOTE_UP", "nyc", 200),
              1.5));

  /** Which decisions were asked for last. */
  volatile DecisionFilter decided = DecisionFilter.ALL;

  volatile boolean broken;
  final FakeRequests requests = new FakeRequests();
  final FakeRouting routing = new FakeRouting(() -> this.broken);

  @Override
  public Self self() {
    return new Self("fra", FRA.toString());
  }

  @Override
  public byte[] mrtDump() {
    if (broken) {
      throw new Unavailable("the dump was not ready in time");
    }
    return new byte[] {0, 127, (byte) 128, (byte) 255};
  }

  @Override
  public List<PeerRow> peers() {
    return List.of(
        new PeerRow(
            new PeerRow.Who(Optional.of("nyc"), Optional.of(NYC.toString())),
            new PeerRow.Session("established", OptionalDouble.of(3.5)),
            "127.0.0.2:8443",
            new PeerRow.RouteCounts(3, 2, 1, 4),
            Optional.empty()),
        new PeerRow(
            new PeerRow.Who(Optional.empty(), Optional.empty()),
            new PeerRow.Session("candidate", OptionalDouble.empty()),
            "sin.example:8443",
            PeerRow.RouteCounts.NONE,
            Optional.of("connection refused")));
  }

  @Override
  public List<ServiceStatus> services() {
    return List.of(
        new ServiceStatus(
            "shop",
            SHOP.toString(),
            List.of("shop.example"),
            List.of(),
            Optional.of(
                new ServiceStatus.Local(
                    "UP",
                    "its probe says so",
                    List.of(
                        new ServiceStatus.BackendState(
                            "http://10.0.0.7:8080",
                            false,
                            Optional.of("timeout"),
                            true,
                            3,
                            List.of("10.0.0.7:8080"))),
                    Optional.of(new ServiceStatus.LeaseState(5_000, 1_200)),
                    Optional.of(NOON),
                    2,
                    List.of(
                        new ServiceStatus.HostState(
                            "web7",
                            "established",
                            Optional.of("UP"),
                            OptionalLong.of(100),
                            0,
                            Optional.of(NOON))))),
            List.of(
                new ServiceStatus.Site(
                    "nyc", NYC.toString(), "UP", 0, 100, true, "adjacency is up"))),
        new ServiceStatus(
            "media",
            "10.32.1.11",
            List.of("media.example"),
            List.of("/v"),
            Optional.empty(),
            List.of()));
  }

  @Override
  public IngressStatus ingress() {
    return new IngressStatus(
        List.of(new IngressStatus.PrefixState("198.51.100.0/24", "192.0.2.1", "announced", NOON)),
        List.of(
            new IngressStatus.SessionState(
                "192.0.2.1", 64_500, "established", NOON, Optional.empty(), Optional.empty())),
        7,
        "drain",
        Optional.of("drain (kept in /fra.state)"));
  }

  @Override
  public List<BfdRow> bfd() {
    return List.of();
  }

  @Override
  public List<RefusedRow> refused() {
    return List.of(
        new RefusedRow("nyc", "NOT_A_HOST", 3, Optional.of(NOON), "10.32.0.0/24", 99, List.of()));
  }

  @Override
  public RoutingBackend routing() {
    return routing;
  }

  @Override
  public RequestsBackend requests() {
    return requests;
  }

  @Override
  public CacheBackend cache() {
    return new CacheBackend() {
      @Override
      public CacheReport report() {
        return new CacheReport(
            "fra",
            1000,
            200,
            1,
            List.of(
                new CacheReport.Service(
                    "shop",
                    2,
                    200,
                    500,
                    new CacheReport.Requests(3, 1, 4, OptionalDouble.of(0.75)),
                    1,
                    Optional.of("its cache is cold: 2 responses stored"))),
            Optional.of(
                new CacheReport.Purges(
                    "fra/7",
                    5,
                    9,
                    "",
                    "",
                    List.of(new CacheReport.PurgeNode("nyc", true, true, 5, 1.5)))),
            List.of(
                new CacheReport.Disk(
                    "/var/cache/landfall",
                    "working",
                    Optional.empty(),
                    new CacheReport.Content(3, 400, 1000, 60),
                    new CacheReport.Reads(7, 0),
                    new CacheReport.Writes(8, 1),
                    0)));
      }

      @Override
      public QueryResult<CacheUrlReport> stored(String url) {
        return url.contains("none")
            ? new QueryResult.Missing<>("no service answers for none")
            : new QueryResult.Found<>(
                new CacheUrlReport(
                    "fra",
                    url,
                    "shop",
                    Optional.empty(),
                    List.of(
                        new CacheUrlReport.Stored(
                            url,
                            "fresh",
                            200,
                            5,
                            7,
                            53,
                            new CacheUrlReport.Found(
                                "memory+disk",
                                List.of("accept"),
                                List.of("all"),
                                List.of(new CacheUrlReport.Variant("br", 3)))))));
      }

      @Override
      public QueryResult<PurgeReport> purge(PurgeScope scope, boolean soft, long waitMillis) {
        commands.add("purge " + scope + " " + soft + " " + waitMillis);
        return scope.what().contains("none")
            ? new QueryResult.Missing<>("service none has no cache here; cached: shop")
            : new QueryResult.Found<>(
                new PurgeReport(
                    "fra",
                    scope.kind(),
                    scope.what(),
                    soft,
                    List.of("shop"),
                    List.of(new PurgeReport.Node("fra", "applied", OptionalDouble.of(0))),
                    true,
                    "fra: purged"));
      }
    };
  }

  @Override
  public QueryResult<List<DecisionView>> decisions(DecisionFilter filter) {
    decided = filter;
    return filter.service().isPresent() && !filter.service().get().equals("shop")
        ? new QueryResult.Missing<>("there is no service '" + filter.service().get() + "' here")
        : new QueryResult.Found<>(DECISIONS);
  }

  @Override
  public ExplainTarget target(String url) {
    Matcher parts =
        Pattern.compile("https?://([a-zA-Z._]+)(?::\\d+)?(/[^?]*)?(\\?.*)?").matcher(url);
    return parts.matches()
        ? new ExplainTarget.Routed(
            parts.group(1).toLowerCase(Locale.ROOT),
            parts.group(2) == null ? "/" : parts.group(2),
            url)
        : new ExplainTarget.Refused("not a URL");
  }

  static ExplainTarget.Routed routed(String path) {
    return new ExplainTarget.Routed("shop.example", path, "http://shop.example" + path);
  }

  @Override
  public ExplainView explain(ExplainTarget.Routed target, boolean withCache) {
    String host = target.host();
    String path = target.path();
    if (!host.equals("shop.example")) {
      return new ExplainView(
          host,
          path,
          Optional.empty(),
          new ExplainView.Outcome(
              "decline", "UNKNOWN_HOST", "no service here answers for this host and path"),
          List.of(),
          Optional.empty(),
          List.of());
    }
    return new ExplainView(
        host,
        path,
        Optional.of("shop"),
        new ExplainView.Outcome(
            "forward", "REMOTE_UP", "the service is not up here and another site advertises it"),
        List.of("clients beyond its rate limit get 429 (RATE_LIMITED)"),
        Optional.of(
                new ExplainView.Cached(
                    "nothing", OptionalLong.empty(), Optional.of("its cache is cold")))
            .filter(cached -> withCache),
        List.of(
            new ExplainView.Step("fra", false, "shop is down here"),
            new ExplainView.Step("nyc", true, "adjacency is up")));
  }

  @Override
  public CommandResult announce(ServiceName service, OptionalLong ttlMillis) {
    return known("announce " + service + " " + ttlMillis, service);
  }

  @Override
  public CommandResult withdraw(ServiceName service) {
    return known("withdraw " + service, service);
  }

  @Override
  public CommandResult drainService(ServiceName service) {
    return known("drain " + service, service);
  }

  @Override
  public CommandResult drainBackend(ServiceName service, String url, boolean begins) {
    return known((begins ? "drain " : "undrain ") + url + " of " + service, service);
  }

  @Override
  public CommandResult maintenance(ServiceName service, boolean begins, long retryAfterSeconds) {
    return known("maintenance " + service + " " + begins + " " + retryAfterSeconds, service);
  }

  @Override
  public CommandResult drainNode() {
    commands.add("drain node");
    return new CommandResult.Done("the node drains");
  }

  @Override
  public CommandResult undrainService(ServiceName service) {
    return known("undrain " + service, service);
  }

  @Override
  public CommandResult undrainNode() {
    commands.add("undrain node");
    return new CommandResult.Conflict("the node does not drain");
  }

  @Override
  public ConfigureBackend configure() {
    return new FakeConfigure(commands);
  }

  @Override
  public CommandResult reload(String actor) {
    commands.add("reload");
    return broken
        ? new CommandResult.Conflict("revoked:3: bad is none of serial, key and node")
        : new CommandResult.Done("revoked: 2 entries in force");
  }

  @Override
  public RevocationStatus revocations() {
    return new RevocationStatus(
        Optional.of("revoked"), Optional.empty(), Optional.of(NOON), 1, 0, List.of("node nyc"));
  }

  @Override
  public TunnelStatus tunnels() {
    return new TunnelStatus(3, 10_000, 8, 2, 5, 1, 4);
  }

  @Override
  public TlsStatus tls() {
    return FakeMetrics.TLS;
  }

  private CommandResult known(String command, ServiceName service) {
    if (!service.value().equals("shop")) {
      return new CommandResult.NotFound("there is no service " + service + " here; there is shop");
    }
    commands.add(command);
    return new CommandResult.Done("shop: done");
  }
}
