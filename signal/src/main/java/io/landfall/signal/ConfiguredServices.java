package io.landfall.signal;

import io.landfall.core.ServiceName;
import io.landfall.signal.SignalAnswer.Why;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The services of the config in force, by name. */
final class ConfiguredServices {
  private final TreeMap<ServiceName, ConfiguredService> byName = new TreeMap<>();

  /** Each service has another number, in the order in which they came. */
  private int lastNumber;

  /**
   * What a config changed.
   *
   * @param gone services that are not in it, and those that are in it with another spec, as they
   *     were
   * @param come services that were not there before, and those that changed, as they are now
   */
  record Difference(List<ConfiguredService> gone, List<ConfiguredService> come) {}

  /** No service. */
  ConfiguredServices() {}

  /**
   * These are the services from now on.
   *
   * @throws IllegalArgumentException when there are too many services, or one twice; nothing has
   *     changed then
   */
  Difference configure(Collection<ServiceSpec> specs, long nowNanos) {
    SortedMap<ServiceName, ServiceSpec> wanted = checked(specs);
    List<ConfiguredService> gone = new ArrayList<>();
    List<ConfiguredService> come = new ArrayList<>();
    for (ConfiguredService local : byName.values()) {
      if (!local.spec().equals(wanted.get(local.spec().name()))) {
        gone.add(local);
      }
    }
    FirstProbes first = new FirstProbes(nowNanos);
    byName.keySet().retainAll(wanted.keySet());
    for (ServiceSpec spec : wanted.values()) {
      ConfiguredService before = byName.get(spec.name());
      if (before == null || !before.spec().equals(spec)) {
        ConfiguredService now =
            before == null
                ? new ConfiguredService(spec, lastNumber++, first, nowNanos)
                : new ConfiguredService(spec, before, first, nowNanos);
        byName.put(spec.name(), now);
        come.add(now);
      }
    }
    return new Difference(gone, come);
  }

  private static SortedMap<ServiceName, ServiceSpec> checked(Collection<ServiceSpec> specs) {
    if (specs.size() > LocalSignals.MAX_SERVICES) {
      throw new IllegalArgumentException(
          "a node has at most " + LocalSignals.MAX_SERVICES + " services");
    }
    TreeMap<ServiceName, ServiceSpec> sorted = new TreeMap<>();
    for (ServiceSpec spec : specs) {
      if (sorted.put(spec.name(), spec) != null) {
        throw new IllegalArgumentException("service " + spec.name() + " is configured twice");
      }
    }
    return sorted;
  }

  @Nullable ConfiguredService get(ServiceName name) {
    return byName.get(name);
  }

  /** All, by name. */
  Collection<ConfiguredService> all() {
    return byName.values();
  }

  /** The names of those that have a backend here. */
  SortedSet<ServiceName> hosted() {
    TreeSet<ServiceName> hosted = new TreeSet<>();
    for (ConfiguredService local : byName.values()) {
      if (local.health().isPresent()) {
        hosted.add(local.spec().name());
      }
    }
    return hosted;
  }

  /** Why there can be no command for a service; empty when there can. */
  Optional<SignalAnswer> refusal(ServiceName service) {
    ConfiguredService local = byName.get(service);
    if (local == null) {
      return refused(Why.UNKNOWN_SERVICE, "no service " + service + " is configured at this node");
    }
    return local.health().isPresent()
        ? Optional.empty()
        : refused(
            Why.NOT_HOSTED_HERE,
            "service "
                + service
                + " has no backends at this site, so it is neither announced nor drained here");
  }

  private static Optional<SignalAnswer> refused(Why why, String sentence) {
    return Optional.of(new SignalAnswer.Refused(why, sentence));
  }
}
