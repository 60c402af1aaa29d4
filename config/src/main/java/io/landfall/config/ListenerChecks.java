package io.landfall.config;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks that no two listeners want the same address and port. */
final class ListenerChecks {
  private final List<Bound> bound = new ArrayList<>();

  private ListenerChecks() {}

  /** Looks at the raw values again, since a listener counts even when its section has problems. */
  static void check(
      Optional<Section> overlay,
      Optional<Section> edge,
      Optional<Section> admin,
      Optional<Section> serviceBgp) {
    ListenerChecks listeners = new ListenerChecks();
    overlay.ifPresent(at -> listeners.add(at, at.path("listen"), at.raw(OverlayReader.LISTEN)));
    overlay.ifPresent(
        at ->
            listeners.add(at, at.path("bgp.listen"), inside(at.raw(OverlayReader.BGP), "listen")));
    edge.flatMap(at -> at.raw(EdgeReader.LISTEN))
        .ifPresent(list -> listeners.edge(edge.get(), list));
    admin.ifPresent(at -> listeners.add(at, at.path("metrics"), at.raw(NodeReader.METRICS)));
    admin.ifPresent(
        at -> listeners.add(at, at.path("looking-glass"), at.raw(NodeReader.LOOKING_GLASS)));
    admin.ifPresent(at -> listeners.add(at, at.path("purge"), at.raw(NodeReader.PURGE)));
    serviceBgp.ifPresent(
        at -> listeners.add(at, at.path("listen"), at.raw(ServiceBgpReader.LISTEN)));
  }

  private void edge(Section at, Yaml list) {
    if (list instanceof Yaml.Sequence sequence) {
      for (int i = 0; i < sequence.items().size(); i++) {
        if (sequence.items().get(i) instanceof Yaml.Mapping item) {
          Yaml.Entry address = item.entries().get("address");
          String path = at.path("listen") + "[" + i + "].address";
          add(at, path, Optional.ofNullable(address).map(Yaml.Entry::value));
        }
      }
    }
  }

  private static Optional<Yaml> inside(Optional<Yaml> section, String key) {
    return section
        .filter(Yaml.Mapping.class::isInstance)
        .map(mapping -> ((Yaml.Mapping) mapping).entries().get(key))
        .map(Yaml.Entry::value);
  }

  private void add(Section at, String path, Optional<Yaml> yaml) {
    if (!(yaml.orElse(null) instanceof Yaml.Text text)) {
      return;
    }
    InetSocketAddress address;
    try {
      address = NetRules.listen(text.text());
    } catch (BadValue alreadyReported) {
      return;
    }
    for (Bound other : bound) {
      if (clash(other.address(), address)) {
        at.problems()
            .add(
                text.line(),
                path,
                text.text() + " is already taken by " + other.path() + " on line " + other.line(),
                "give each listener an address or port of its own");
      }
    }
    bound.add(new Bound(path, text.line(), address));
  }

  /** A wildcard takes its port at every address; the one of IPv6 takes it for IPv4 as well. */
  private static boolean clash(InetSocketAddress a, InetSocketAddress b) {
    if (a.getPort() != b.getPort()) {
      return false;
    }
    InetAddress left = a.getAddress();
    InetAddress right = b.getAddress();
    boolean sameFamily = left.getAddress().length == right.getAddress().length;
    return left.equals(right)
        || (sameFamily && (left.isAnyLocalAddress() || right.isAnyLocalAddress()))
        || (left instanceof Inet6Address && left.isAnyLocalAddress())
        || (right instanceof Inet6Address && right.isAnyLocalAddress());
  }

  private record Bound(String path, int line, InetSocketAddress address) {}
}
