package io.landfall.node;

import io.landfall.admin.CommandResult;
import io.landfall.config.ServiceConfig;
import io.landfall.config.TrafficConfig;
import io.landfall.core.ServiceName;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.server.EdgeServer;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Services that an operator holds in maintenance at this node: requests for them that land here are
 * answered with 503. It is a rule of the landing node, as {@code maintenance} in the config is;
 * what the service advertises does not change. Any thread may ask.
 */
final class MaintenanceSwitch {
  private static final String BY_CONFIG = "by the config";
  private static final String BY_OPERATOR = "by an operator";

  private final Supplier<List<ServiceConfig>> services;
  private final OperatorFile operators;
  private final Supplier<@Nullable EdgeServer> edge;

  /**
   * Made for one node.
   *
   * @param services those of the config in force
   * @param operators what operators asked for
   * @param edge the running edge; null before it runs and after
   */
  MaintenanceSwitch(
      Supplier<List<ServiceConfig>> services,
      OperatorFile operators,
      Supplier<@Nullable EdgeServer> edge) {
    this.services = services;
    this.operators = operators;
    this.edge = edge;
  }

  /** Who holds a service in maintenance; empty if it is in none. */
  Optional<String> by(ServiceConfig service) {
    return isHeldByConfig(service)
        ? Optional.of(BY_CONFIG)
        : operators.maintained().containsKey(service.name())
            ? Optional.of(BY_OPERATOR)
            : Optional.empty();
  }

  /** Whether each service that clients use by HTTP is in maintenance, by name. */
  SortedMap<String, Boolean> all() {
    TreeMap<String, Boolean> all = new TreeMap<>();
    for (ServiceConfig service : services.get()) {
      if (!service.isTcp()) {
        all.put(service.name().value(), by(service).isPresent());
      }
    }
    return all;
  }

  private static boolean isHeldByConfig(ServiceConfig service) {
    return service.traffic().maintenance().filter(TrafficConfig.Maintenance::active).isPresent();
  }

  /**
   * What a command comes to; nothing changes by this.
   *
   * @param begins whether the maintenance begins, or ends
   */
  CommandResult judge(ServiceName name, boolean begins) {
    Optional<ServiceConfig> found =
        services.get().stream().filter(each -> each.name().equals(name)).findFirst();
    boolean held = operators.maintained().containsKey(name);
    if (found.isEmpty()) {
      return !begins && held
          ? new CommandResult.Done(
              name + " is not configured at this node; what was kept for it is kept no longer")
          : new CommandResult.NotFound("no service " + name + " is configured at this node");
    }
    ServiceConfig service = found.get();
    if (service.isTcp()) {
      return new CommandResult.Conflict(
          name + " is a TCP service, which can be sent no answer: drain or withdraw it");
    }
    if (!begins && isHeldByConfig(service)) {
      return new CommandResult.Conflict(
          name
              + " is in maintenance by the config: remove services."
              + name
              + ".maintenance, or write 'active: false' there, and apply that");
    }
    if (begins) {
      return new CommandResult.Done(
          name + " is in maintenance: requests that land at this node get 503 (MAINTENANCE)");
    }
    return new CommandResult.Done(
        name + (held ? " is in maintenance no longer" : " was not in maintenance"));
  }

  /** How a command changes what is kept. */
  static UnaryOperator<OperatorState> change(ServiceName name, boolean begins, long seconds) {
    return state -> state.maintained(name, begins, seconds);
  }

  /** What an edge is started with, with what is asked for: its first request is held to it. */
  EdgeSettings in(EdgeSettings settings) {
    return settings.with(settings.traffic().maintaining(operators.maintained()));
  }

  /** Makes what is asked for hold at the edge; on the control thread, as other changes of it. */
  void apply() {
    EdgeServer running = edge.get();
    if (running != null) {
      running.maintain(operators.maintained());
    }
  }
}
