package io.landfall.config;

import io.landfall.core.ServiceName;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What of a config cannot change while a node runs with another one: everything that is not listed
 * here. So a new key of the config needs a restart until someone has made it changeable, and a new
 * key below {@code services.NAME} is changeable, since services are made anew from the config.
 */
public final class RestartRules {
  private static final String RULE = "cannot change while the node runs";
  private static final String RESTART = "restart the node with it, or leave it as it was";
  private static final String TAKEOVER =
      "a takeover or a restart puts it in force (docs/upgrade.md), else leave it as it was";

  /** What a takeover cannot change either: by these the two processes know each other. */
  private static final Set<String> RESTART_KEYS =
      Set.of("node.name", "node.identity", "trust.domain", "admin.socket");

  /** Parts of {@link NodeConfig} that may differ. */
  private static final Set<String> CHANGEABLE =
      Set.of(
          "self.file",
          "self.region",
          "known.services",
          "overlay.reach.candidates",
          "overlay.reach.costs",
          "trust.entitlements",
          "ingress",
          "edge.listen",
          "edge.limits",
          "edge.tlsHosts",
          "edge.http2",
          "edge.trustedProxies",
          "edge.lookalikeFields",
          "operation.shutdownGraceMillis",
          "operation.log.level");

  /** The keys of the file that they are read from, and all below. */
  private static final List<String> CHANGEABLE_KEYS =
      List.of(
          "services",
          "overlay.candidates",
          "overlay.costs",
          "node.region",
          "trust.entitlements",
          "ingress",
          "edge.listen",
          "edge.limits",
          "edge.tls-hosts",
          "edge.http2",
          "edge.trusted-proxies",
          "edge.lookalike-fields",
          "shutdown.grace",
          "log.level");

  private RestartRules() {}

  /**
   * Every reason why a running node cannot go on with another config.
   *
   * @param now the config in force
   * @param wanted the other one
   * @param changes how their files differ
   * @return empty when it can
   */
  public static List<ConfigProblem> broken(
      NodeConfig now, NodeConfig wanted, List<ConfigDifference.Change> changes) {
    Set<String> fixed = new TreeSet<>();
    compare(now, wanted, "", fixed);
    Set<String> keys = new TreeSet<>();
    if (!fixed.isEmpty()) {
      changes.stream()
          .map(ConfigDifference.Change::key)
          .filter(key -> !isChangeable(key))
          .forEach(keys::add);
      // The files are written alike, and mean other things: they are in different folders.
      if (keys.isEmpty()) {
        fixed.stream().map(RestartRules::asKey).forEach(keys::add);
      }
    }
    List<ConfigProblem> problems = new ArrayList<>();
    keys.forEach(key -> problems.add(problem(wanted, key, RULE)));
    ordered(now, wanted, problems);
    services(now, wanted, problems);
    return problems;
  }

  /** Orders of certificates are worked on from the start of the node on. */
  private static void ordered(NodeConfig now, NodeConfig wanted, List<ConfigProblem> problems) {
    Set<AcmeConfig.Ordered> before = ordered(now);
    Set<AcmeConfig.Ordered> after = ordered(wanted);
    if (now.edge().isPresent() && wanted.edge().isPresent() && !before.equals(after)) {
      List<EdgeConfig.Listen> listen = wanted.edge().get().listen();
      String key = "edge.acme";
      for (int i = listen.size() - 1; i >= 0; i--) {
        if (!before.containsAll(
            listen.get(i).tls().map(ListenTlsConfig::ordered).orElse(List.of()))) {
          key = "edge.listen[" + i + "].tls";
        }
      }
      problems.add(problem(wanted, key, "which certificates are ordered by ACME " + RULE));
    }
  }

  private static Set<AcmeConfig.Ordered> ordered(NodeConfig config) {
    return new HashSet<>(config.edge().map(EdgeConfig::ordered).orElse(List.of()));
  }

  private static boolean isChangeable(String key) {
    return CHANGEABLE_KEYS.stream()
        .anyMatch(
            each -> key.equals(each) || key.startsWith(each + ".") || key.startsWith(each + "["));
  }

  private static ConfigProblem problem(NodeConfig config, String key, String rule) {
    return new ConfigProblem(
        config.self().file().toString(),
        ConfigLoader.lineOf(config.self().file(), key),
        key,
        rule,
        RESTART_KEYS.contains(key) ? RESTART : TAKEOVER);
  }

  /** Adds the path of each part that differs and may not; goes into records. */
  private static void compare(
      @Nullable Object one, @Nullable Object other, String path, Set<String> differing) {
    if (Objects.equals(one, other) || CHANGEABLE.contains(path)) {
      return;
    }
    if (one instanceof Optional<?> some && other instanceof Optional<?> others) {
      compare(some.orElse(null), others.orElse(null), path, differing);
    } else if (one instanceof Record record
        && other != null
        && one.getClass() == other.getClass()) {
      for (RecordComponent part : record.getClass().getRecordComponents()) {
        String below = path.isEmpty() ? part.getName() : path + "." + part.getName();
        compare(value(part, one), value(part, other), below, differing);
      }
    } else {
      differing.add(path);
    }
  }

  private static @Nullable Object value(RecordComponent part, Object of) {
    try {
      return part.getAccessor().invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("records of a config are public", e);
    }
  }

  private static String asKey(String path) {
    return path.replaceFirst("^operation\\.", "")
        .replaceFirst("^self\\.", "node.")
        .replaceAll("([A-Z])", "-$1")
        .toLowerCase(Locale.ROOT);
  }

  /** Service hosts advertise an address that is configured at them, too. */
  private static void services(NodeConfig now, NodeConfig wanted, List<ConfigProblem> problems) {
    Map<ServiceName, ServiceConfig> before = new HashMap<>();
    now.services().forEach(service -> before.put(service.name(), service));
    for (ServiceConfig is : wanted.services()) {
      ServiceConfig was = before.get(is.name());
      if (was != null && is.bgp().isPresent() && !was.identity().equals(is.identity())) {
        problems.add(
            problem(
                wanted,
                "services." + is.name() + ".identity",
                "of a service with service hosts " + RULE));
      }
    }
  }
}
