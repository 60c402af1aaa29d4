package io.landfall.node;

import io.landfall.config.HostPort;
import io.landfall.config.ServiceConfig;
import io.landfall.core.Addresses;
import io.landfall.core.InvariantBroken;
import io.landfall.core.ServiceName;
import io.landfall.edge.OriginProtocol;
import io.landfall.edge.OriginTls;
import io.landfall.edge.ProxyProtocol;
import io.landfall.edge.tls.BackendTls;
import io.landfall.signal.SignalAnswer;
import io.landfall.signal.SignalEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Where the backends beside this node are now: one answer for probes and for requests. A backend
 * whose name does not resolve is nowhere, and so it is down. On the control thread once the node
 * runs.
 *
 * <p>Each address of a name is a place of its own: all are probed, and those that are well get the
 * requests. The order in which a resolver gives them means nothing, so names whose addresses take
 * turns do not move a backend.
 */
final class Backends {
  /**
   * For how long an address outlives its name: one that is missing for a moment, while a zone is
   * loaded say, must not take down what works. While the resolver answers nothing at all, addresses
   * stay without a bound (RFC 8767 section 4): probes find out whether they are well.
   */
  static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** The most addresses of one name that are used: of more, the same ones each time. */
  static final int MAX_ADDRESSES = 16;

  /** The most backends that an answer names. */
  private static final int MAX_NAMED = 8;

  private static final Comparator<InetAddress> BY_BYTES =
      (one, other) -> Arrays.compareUnsigned(one.getAddress(), other.getAddress());

  /** What is known of a name. */
  private static final class Named {
    final SortedSet<ServiceName> services = new TreeSet<>();
    List<InetAddress> addresses = List.of();
    long answeredAtNanos;
  }

  /**
   * A backend of the config.
   *
   * @param tls how requests and probes speak TLS there; empty for plain TCP
   * @param protocol in which version of HTTP it is asked
   * @param proxy whether connections begin with a PROXY header
   */
  private record Place(
      String url,
      String host,
      int port,
      int weight,
      Optional<OriginTls> tls,
      OriginProtocol protocol,
      ProxyProtocol proxy) {}

  /** A backend by its index in the config. */
  private record Indexed(ServiceName service, int index) {}

  /** Replaced as a whole: commands read it on other threads. */
  private volatile Map<ServiceName, List<Place>> places = Map.of();

  /** What the places were made of, to find those that are the same in another config. */
  private final Map<ServiceName, ServiceConfig.Hosting> configured = new HashMap<>();

  /** How TLS is spoken to them: files may have another content under the same config. */
  private Map<ServiceName, BackendTls> configuredTls = Map.of();

  private final Map<String, InetAddress> literals = new HashMap<>();
  private final TreeMap<String, Named> names = new TreeMap<>();

  /** Of backends with several addresses, those that were probed. */
  private final Map<Indexed, Map<InetSocketAddress, AddressHealth>> health = new HashMap<>();

  /**
   * The backends of a config.
   *
   * @param tls how services with backends over TLS verify them
   * @param addresses what their names resolve to; a name that is missing resolves to nothing
   */
  Backends(
      List<ServiceConfig> services,
      Map<ServiceName, BackendTls> tls,
      Map<String, List<InetAddress>> addresses,
      long nowNanos) {
    var _ = configure(services, tls, addresses, nowNanos);
  }

  /**
   * The backends of another config. Those of a service that runs here as before stay what they are,
   * with the connections that are kept to them; a name that was known keeps its addresses.
   *
   * @param tls how services with backends over TLS verify them
   * @param addresses what names resolve to that were not known before
   * @return the services that are verified otherwise, or show another certificate
   */
  Set<ServiceName> configure(
      List<ServiceConfig> services,
      Map<ServiceName, BackendTls> tls,
      Map<String, List<InetAddress>> addresses,
      long nowNanos) {
    Set<ServiceName> otherwise = new TreeSet<>();
    Map<ServiceName, List<Place>> next = new HashMap<>();
    Map<ServiceName, ServiceConfig.Hosting> before = new HashMap<>(configured);
    Map<String, Named> known = new HashMap<>(names);
    configured.clear();
    literals.clear();
    names.clear();
    for (ServiceConfig service : services) {
      BackendTls last = configuredTls.get(service.name());
      BackendTls now = tls.get(service.name());
      boolean renewed = last != null && now != null && !now.isSame(last);
      boolean same = !renewed && service.here().equals(before.get(service.name()));
      if (renewed) {
        otherwise.add(service.name());
      }
      next.put(
          service.name(),
          same ? places.getOrDefault(service.name(), List.of()) : placesOf(service, tls));
      configured.put(service.name(), service.here());
      if (!same) {
        health.keySet().removeIf(of -> of.service().equals(service.name()));
      }
      service.here().backends().forEach(each -> located(each.address().host(), service.name()));
    }
    places = Map.copyOf(next);
    health.keySet().removeIf(of -> !next.containsKey(of.service()));
    names.forEach(
        (host, now) -> {
          Named of = known.get(host);
          if (of != null) {
            now.addresses = of.addresses;
            now.answeredAtNanos = of.answeredAtNanos;
          }
        });
    // Behind all that are known: what has no address any more loses what probes have found.
    for (String host : names.keySet()) {
      if (!known.containsKey(host)) {
        answered(host, addresses.getOrDefault(host, List.of()), nowNanos);
      }
    }
    configuredTls = Map.copyOf(tls);
    return otherwise;
  }

  private static List<Place> placesOf(ServiceConfig service, Map<ServiceName, BackendTls> tls) {
    List<Place> of = new ArrayList<>();
    for (ServiceConfig.Backend backend : service.here().backends()) {
      of.add(
          new Place(
              backend.url(),
              backend.address().host(),
              backend.address().port(),
              backend.weight(),
              backend.isTls() ? Optional.of(tls(service, backend, tls)) : Optional.empty(),
              protocol(backend),
              proxy(backend)));
    }
    return List.copyOf(of);
  }

  private void located(String host, ServiceName service) {
    Optional<byte[]> literal = Addresses.parseLiteral(host);
    if (literal.isPresent()) {
      literals.put(host, address(literal.get()));
    } else {
      names.computeIfAbsent(host, name -> new Named()).services.add(service);
    }
  }

  /** The backends that a node starts with. */
  static Backends of(StartPlan plan, long nowNanos) {
    return new Backends(
        plan.config().services(), plan.backendTls(), plan.names().addresses(), nowNanos);
  }

  private static OriginTls tls(
      ServiceConfig service, ServiceConfig.Backend backend, Map<ServiceName, BackendTls> tls) {
    BackendTls of = tls.get(service.name());
    if (of == null) {
      throw new InvariantBroken("a start has TLS for each service with a backend over TLS");
    }
    HostPort at = backend.address();
    return of.to(
        service.here().tls().flatMap(ServiceConfig.Tls::name).orElse(at.host()),
        at.port(),
        protocol(backend));
  }

  private static OriginProtocol protocol(ServiceConfig.Backend backend) {
    if (backend.isTcp()) {
      return OriginProtocol.TCP;
    }
    return switch (backend.protocol()) {
      case H1 -> OriginProtocol.HTTP_1;
      case H2 -> OriginProtocol.HTTP_2;
    };
  }

  private static ProxyProtocol proxy(ServiceConfig.Backend backend) {
    return switch (backend.proxy()) {
      case NONE -> ProxyProtocol.NONE;
      case V1 -> ProxyProtocol.V1;
      case V2 -> ProxyProtocol.V2;
    };
  }

  /** The hosts of backends that are names. */
  static Set<String> namesOf(List<ServiceConfig> services) {
    TreeSet<String> names = new TreeSet<>();
    for (ServiceConfig service : services) {
      for (ServiceConfig.Backend backend : service.here().backends()) {
        if (Addresses.parseLiteral(backend.address().host()).isEmpty()) {
          names.add(backend.address().host());
        }
      }
    }
    return names;
  }

  /** The names that have to be resolved again and again. */
  Set<String> names() {
    return names.keySet();
  }

  /**
   * A name was resolved.
   *
   * @param found its addresses; none when it does not resolve
   * @return the services of which a backend is elsewhere now, or nowhere
   */
  Set<ServiceName> answered(String host, List<InetAddress> found, long nowNanos) {
    Named name = names.get(host);
    if (name == null) {
      return Set.of();
    }
    List<InetAddress> before = name.addresses;
    if (!found.isEmpty()) {
      name.answeredAtNanos = nowNanos;
      name.addresses = found.stream().distinct().sorted(BY_BYTES).limit(MAX_ADDRESSES).toList();
    } else if (nowNanos - name.answeredAtNanos >= KEPT_NANOS) {
      name.addresses = List.of();
    }
    if (name.addresses.equals(before)) {
      return Set.of();
    }
    health.forEach((of, each) -> each.keySet().retainAll(addresses(of.service(), of.index())));
    return name.services;
  }

  /** How many backends a service has here. */
  int count(ServiceName service) {
    return places.getOrDefault(service, List.of()).size();
  }

  /** How TLS is spoken to a backend, by its index in the config; empty for plain TCP. */
  Optional<OriginTls> tls(ServiceName service, int index) {
    return places.getOrDefault(service, List.of()).get(index).tls();
  }

  /** In which version of HTTP a backend is asked, by its index in the config. */
  OriginProtocol protocol(ServiceName service, int index) {
    return places.getOrDefault(service, List.of()).get(index).protocol();
  }

  /** Whether connections to a backend begin with a PROXY header, by its index in the config. */
  ProxyProtocol proxy(ServiceName service, int index) {
    return places.getOrDefault(service, List.of()).get(index).proxy();
  }

  /** The configured share of a backend in requests, by its index in the config. */
  int weight(ServiceName service, int index) {
    return places.getOrDefault(service, List.of()).get(index).weight();
  }

  /**
   * Drains a backend, or does so no longer: all of the service that have this URL.
   *
   * @param ask gives a command to signals
   */
  SignalAnswer drain(
      OperatorState.Backend backend, boolean begins, Function<SignalEvent, SignalAnswer> ask) {
    List<Place> of = places.getOrDefault(backend.service(), List.of());
    SignalAnswer answer = new SignalAnswer.Done();
    boolean found = false;
    for (int i = 0; i < of.size(); i++) {
      if (of.get(i).url().equals(backend.url())) {
        found = true;
        answer = ask.apply(new SignalEvent.DrainBackend(backend.service(), i, begins));
      }
    }
    if (found) {
      return answer;
    }
    return of.isEmpty()
        ? ask.apply(new SignalEvent.DrainBackend(backend.service(), 0, begins))
        : new SignalAnswer.Refused(
            SignalAnswer.Why.UNKNOWN_BACKEND,
            backend.service()
                + " has no backend "
                + backend.url()
                + " at this node; it has "
                + String.join(", ", of.stream().limit(MAX_NAMED).map(Place::url).toList())
                + (of.size() > MAX_NAMED ? " ..." : ""));
  }

  /**
   * Where a backend is, by its index in the config; nowhere when its name does not resolve, or when
   * it has left the config: a probe that is under way may ask for one of the config before.
   */
  List<InetSocketAddress> addresses(ServiceName service, int index) {
    List<Place> of = places.getOrDefault(service, List.of());
    if (index >= of.size()) {
      return List.of();
    }
    Place place = of.get(index);
    InetAddress literal = literals.get(place.host());
    if (literal != null) {
      return List.of(new InetSocketAddress(literal, place.port()));
    }
    Named name = names.get(place.host());
    return name == null
        ? List.of()
        : name.addresses.stream().map(at -> new InetSocketAddress(at, place.port())).toList();
  }

  /**
   * What is known of one of several addresses of a backend, for its probes to report; empty for an
   * address where the backend is not any more.
   */
  Optional<AddressHealth> health(ServiceName service, int index, InetSocketAddress address) {
    return addresses(service, index).contains(address)
        ? Optional.of(
            health
                .computeIfAbsent(new Indexed(service, index), any -> new HashMap<>())
                .computeIfAbsent(address, any -> new AddressHealth()))
        : Optional.empty();
  }

  /**
   * Whether an address is as well as its backend: always, as long as none is known to be better.
   */
  boolean isWell(ServiceName service, int index, InetSocketAddress address) {
    Map<InetSocketAddress, AddressHealth> all =
        health.getOrDefault(new Indexed(service, index), Map.of());
    AddressHealth of = all.get(address);
    return (of != null && of.isUp()) || all.values().stream().noneMatch(AddressHealth::isUp);
  }

  /** Which backend of a service has this address; -1 when none does. */
  int indexOf(ServiceName service, InetSocketAddress address) {
    for (int i = 0; i < count(service); i++) {
      if (addresses(service, i).contains(address)) {
        return i;
      }
    }
    return -1;
  }

  private static InetAddress address(byte[] literal) {
    try {
      return InetAddress.getByAddress(literal);
    } catch (UnknownHostException e) {
      throw new InvariantBroken("a parsed address has 4 or 16 bytes", e);
    }
  }
}
