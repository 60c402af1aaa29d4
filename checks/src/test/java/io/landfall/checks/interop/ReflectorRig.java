package io.landfall.checks.interop;

import io.landfall.lab.host.NetworkNamespace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The guide's picture: a reflector's host, and nodes fra and nyc on a link of their own each. */
final class ReflectorRig implements AutoCloseable {
  /**
   * The addresses of one family.
   *
   * @param block the overlay's block
   * @param nodes where node identities are
   * @param fra the identity of fra
   * @param nyc the identity of nyc
   * @param service the identity of the service
   */
  record Overlay(
      String block, String nodes, String reflector, String fra, String nyc, String service) {
    static final Overlay IPV4 =
        new Overlay(
            "10.32.0.0/23", "10.32.0.0/24", "10.32.0.250", "10.32.0.1", "10.32.0.2", "10.32.1.10");
    static final Overlay IPV6 =
        new Overlay(
            "fd00:32::/112",
            "fd00:32::/120",
            "fd00:32::fa",
            "fd00:32::1",
            "fd00:32::2",
            "fd00:32::10a");
  }

  private final List<NetworkNamespace> hosts = new ArrayList<>();
  private final Path dir;
  final NetworkNamespace reflector;
  final NetworkNamespace fra;
  final NetworkNamespace nyc;

  ReflectorRig(Path dir) {
    this.dir = dir;
    reflector = host("rr");
    fra = host("fra");
    nyc = host("nyc");
    link(reflector, "eth0", "192.0.2.1/24", fra, "eth0", "192.0.2.2/24");
    link(reflector, "eth1", "198.51.100.1/24", nyc, "eth0", "198.51.100.2/24");
    reflector.addAddress("eth0", "2001:db8:1::1/64");
    fra.addAddress("eth0", "2001:db8:1::2/64");
    reflector.addAddress("eth1", "2001:db8:2::1/64");
    nyc.addAddress("eth0", "2001:db8:2::2/64");
  }

  NetworkNamespace host(String role) {
    NetworkNamespace made = NetworkNamespace.create("interop", role);
    hosts.add(made);
    return made;
  }

  static void link(
      NetworkNamespace one,
      String oneDevice,
      String oneAddress,
      NetworkNamespace other,
      String otherDevice,
      String otherAddress) {
    NetworkNamespace.link(
        new NetworkNamespace.End(one, oneDevice, oneAddress),
        new NetworkNamespace.End(other, otherDevice, otherAddress));
  }

  /** Starts a node that knows its neighbours and nobody else. */
  OverlayProcess node(
      NetworkNamespace host, String name, Overlay overlay, String identity, String... neighbors) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "name=" + name,
                "block=" + overlay.block,
                "identity=" + identity,
                "asn=4200000000",
                "nodes=" + overlay.nodes,
                "entitle=any-in-block"));
    for (String neighbor : neighbors) {
      options.add("neighbor=" + neighbor);
    }
    return OverlayProcess.start(host, dir, name, options);
  }

  @Override
  public void close() {
    hosts.reversed().forEach(NetworkNamespace::close);
  }
}
