package io.landfall.node;

import io.landfall.config.AuthorizationConfig;
import io.landfall.config.EdgeConfig;
import io.landfall.config.NodeConfig;
import io.landfall.config.PrefixConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.config.TrafficConfig;
import io.landfall.core.ServiceName;
import io.landfall.edge.AuthorizationSettings;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.TrafficSettings;
import io.landfall.edge.TrafficSettings.Access;
import io.landfall.edge.TrafficSettings.Field;
import io.landfall.edge.TrafficSettings.FieldChanges;
import io.landfall.edge.TrafficSettings.Maintenance;
import io.landfall.edge.TrafficSettings.Queue;
import io.landfall.edge.TrafficSettings.RateLimit;
import io.landfall.edge.TrafficSettings.Redirect;
import io.landfall.edge.TrustedProxies.Network;
import io.netty.util.AsciiString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The rules of services, as the edge has them. */
final class TrafficFromConfig {
  private static final long SECOND_MILLIS = 1_000;
  private static final long MIB = 1024 * 1024;

  /** Rate limits take so much of the heap at most; with a change there are two sets of them. */
  private static final int PART_OF_HEAP = 4;

  private TrafficFromConfig() {}

  /** The rules of all services that have any; a page that cannot be read is a problem. */
  static TrafficSettings of(NodeConfig config, Findings findings) {
    TreeMap<ServiceName, TrafficSettings.Service> services = new TreeMap<>();
    for (ServiceConfig service : config.services()) {
      if (service.traffic().hasRules()) {
        String key = "services." + service.name() + ".maintenance.page";
        services.put(service.name(), rules(service.traffic(), key, findings));
        warnOfCircle(service, config, findings);
      }
    }
    return new TrafficSettings(services);
  }

  /**
   * Whether the tables of rate limits fit into the heap: one that is full when they are made would
   * end the node.
   *
   * @param heapBytes the most that the heap may have
   */
  static void trial(NodeConfig config, long heapBytes, Findings findings) {
    long limits = 0;
    for (ServiceConfig service : config.services()) {
      limits += service.traffic().rateLimits().size();
    }
    long bytes = limits * TrafficSettings.RateLimit.BYTES;
    if (bytes > heapBytes / PART_OF_HEAP) {
      findings.problem(
          "services",
          "the "
              + limits
              + " rate limits of all services take "
              + bytes / MIB
              + " MiB, more than a quarter of the heap, which has "
              + heapBytes / MIB
              + " MiB",
          "remove some, or give the node a larger heap (-Xmx)");
    }
  }

  /** Where https ends before this node, and it is not told so, all it sees is http. */
  private static void warnOfCircle(ServiceConfig service, NodeConfig config, Findings findings) {
    boolean seesHttps =
        config
            .edge()
            .map(
                edge ->
                    !edge.trustedProxies().isEmpty()
                        || edge.listen().stream().anyMatch(EdgeConfig.Listen::isTls))
            .orElse(true);
    int at = service.traffic().redirects().indexOf(new TrafficConfig.Redirect.ToHttps());
    if (at >= 0 && !seesHttps) {
      findings.warn(
          "services." + service.name() + ".redirects[" + at + "].to-https",
          "no listener of this node has TLS and no proxy is trusted, so every request counts as http"
              + " and is redirected again",
          "name the proxy that ends TLS in edge.trusted-proxies, or add a listener with tls");
    }
  }

  private static TrafficSettings.Service rules(
      TrafficConfig traffic, String pageKey, Findings findings) {
    return new TrafficSettings.Service(
        new Access(networks(traffic.access().allow()), networks(traffic.access().deny())),
        traffic.rateLimits().stream().map(TrafficFromConfig::rateLimit).toList(),
        traffic.maintenance().map(each -> maintenance(each, pageKey, findings)),
        traffic.redirects().stream().map(TrafficFromConfig::redirect).toList(),
        changes(traffic.requestFields()),
        changes(traffic.responseFields()),
        traffic.queue().map(each -> new Queue(each.maxWaiting(), each.maxWaitMillis())),
        traffic.authorization().map(TrafficFromConfig::authorization));
  }

  private static AuthorizationSettings authorization(AuthorizationConfig config) {
    return new AuthorizationSettings(
        new OriginPlace(config.address(), Optional.empty()),
        AsciiString.of(config.authority()),
        config.target(),
        config.timeoutMillis(),
        config.requestFields().stream().map(AsciiString::cached).toList(),
        config.responseFields().stream().map(AsciiString::cached).toList(),
        config.onFailure() == AuthorizationConfig.OnFailure.ALLOW,
        config.maxConcurrent());
  }

  private static List<Network> networks(List<PrefixConfig> prefixes) {
    return prefixes.stream().map(prefix -> new Network(prefix.network(), prefix.length())).toList();
  }

  private static RateLimit rateLimit(TrafficConfig.RateLimit limit) {
    return new RateLimit(
        limit.field().map(AsciiString::cached),
        limit.requests(),
        limit.perMillis(),
        limit.burst(),
        limit.alwaysReport());
  }

  private static Maintenance maintenance(
      TrafficConfig.Maintenance maintenance, String pageKey, Findings findings) {
    return new Maintenance(
        maintenance.page().flatMap(file -> page(file, pageKey, findings)),
        Math.ceilDiv(maintenance.retryAfterMillis(), SECOND_MILLIS),
        networks(maintenance.allow()),
        maintenance.active());
  }

  private static Optional<AsciiString> page(Path file, String key, Findings findings) {
    try {
      String text = SmallTextFile.read(file, TrafficConfig.Maintenance.MAX_PAGE_BYTES);
      return Optional.of(new AsciiString(text.getBytes(StandardCharsets.UTF_8), false));
    } catch (IOException e) {
      findings.problem(
          key, file + " " + SmallTextFile.why(e), "name a page in HTML that is UTF-8 text");
      return Optional.empty();
    }
  }

  private static Redirect redirect(TrafficConfig.Redirect redirect) {
    return switch (redirect) {
      case TrafficConfig.Redirect.ToHttps() -> new Redirect.ToHttps();
      case TrafficConfig.Redirect.To to ->
          new Redirect.To(to.host(), to.path(), to.to(), to.keepPath(), to.status());
    };
  }

  private static FieldChanges changes(TrafficConfig.FieldChanges changes) {
    return new FieldChanges(
        changes.set().entrySet().stream()
            .map(e -> new Field(AsciiString.cached(e.getKey()), AsciiString.cached(e.getValue())))
            .toList(),
        changes.remove().stream().map(AsciiString::cached).toList());
  }
}
