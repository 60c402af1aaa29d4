package io.landfall.edge;

import io.landfall.edge.TrafficSettings.Access;
import io.landfall.edge.TrafficSettings.Field;
import io.landfall.edge.TrafficSettings.FieldChanges;
import io.landfall.edge.TrafficSettings.Maintenance;
import io.landfall.edge.TrafficSettings.Queue;
import io.landfall.edge.TrafficSettings.RateLimit;
import io.landfall.edge.TrafficSettings.Redirect;
import io.landfall.edge.TrafficSettings.Service;
import io.landfall.edge.TrustedProxies.Network;
import io.landfall.edge.server.TestSite;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Rules of the service shop for tests, one kind at a time. */
public final class Rules {
  private static final Service NONE = Service.NONE;

  private Rules() {}

  /** An edge with these rules of shop. */
  public static UnaryOperator<EdgeSettings> of(Service rules) {
    return settings ->
        settings.with(new TrafficSettings(new TreeMap<>(Map.of(TestSite.SHOP, rules))));
  }

  public static List<Network> networks(String... prefixes) {
    return List.of(prefixes).stream()
        .map(
            prefix -> {
              int slash = prefix.indexOf('/');
              return new Network(
                  InetAddress.ofLiteral(prefix.substring(0, slash)),
                  Integer.parseInt(prefix.substring(slash + 1)));
            })
        .toList();
  }

  public static Service access(List<Network> allow, List<Network> deny) {
    return new Service(
        new Access(allow, deny),
        List.of(),
        Optional.empty(),
        List.of(),
        FieldChanges.NONE,
        FieldChanges.NONE,
        Optional.empty());
  }

  public static Service limits(RateLimit... limits) {
    return new Service(
        Access.ALL,
        List.of(limits),
        Optional.empty(),
        List.of(),
        FieldChanges.NONE,
        FieldChanges.NONE,
        Optional.empty());
  }

  public static Service maintenance(Maintenance maintenance) {
    return new Service(
        Access.ALL,
        List.of(),
        Optional.of(maintenance),
        List.of(),
        FieldChanges.NONE,
        FieldChanges.NONE,
        Optional.empty());
  }

  public static Service redirects(Redirect... redirects) {
    return new Service(
        Access.ALL,
        List.of(),
        Optional.empty(),
        List.of(redirects),
        FieldChanges.NONE,
        FieldChanges.NONE,
        Optional.empty());
  }

  public static Service queue(int mostWaiting, long mostWaitMillis) {
    return new Service(
        Access.ALL,
        List.of(),
        Optional.empty(),
        List.of(),
        FieldChanges.NONE,
        FieldChanges.NONE,
        Optional.of(new Queue(mostWaiting, mostWaitMillis)));
  }

  public static Service requestFields(FieldChanges changes) {
    return new Service(
        Access.ALL,
        List.of(),
        Optional.empty(),
        List.of(),
        changes,
        FieldChanges.NONE,
        Optional.empty());
  }

  public static Service responseFields(FieldChanges changes) {
    return new Service(
        Access.ALL,
        List.of(),
        Optional.empty(),
        List.of(),
        FieldChanges.NONE,
        changes,
        Optional.empty());
  }

  /** Several of these as one. */
  public static Service all(Service... rules) {
    Service all = NONE;
    for (Service each : rules) {
      all =
          new Service(
              each.access().equals(Access.ALL) ? all.access() : each.access(),
              each.rateLimits().isEmpty() ? all.rateLimits() : each.rateLimits(),
              each.maintenance().or(all::maintenance),
              each.redirects().isEmpty() ? all.redirects() : each.redirects(),
              FieldChanges.NONE,
              FieldChanges.NONE,
              Optional.empty());
    }
    return all;
  }

  /** Sets fields, each {@code name: value}, and removes others. */
  public static FieldChanges changes(List<String> set, String... removed) {
    return new FieldChanges(
        set.stream()
            .map(line -> line.split(": ", 2))
            .map(line -> new Field(AsciiString.of(line[0]), AsciiString.of(line[1])))
            .toList(),
        List.of(removed).stream().map(AsciiString::of).toList());
  }

  /** Behind a proxy on this machine, which may name its clients. */
  public static UnaryOperator<EdgeSettings> behindProxy(Service rules) {
    return settings ->
        of(rules)
            .apply(settings)
            .with(
                new ClientClaims(
                    new TrustedProxies(networks("127.0.0.0/8", "10.0.0.0/8")),
                    ClientClaims.Lookalikes.DROP));
  }
}
