package io.landfall.lab;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Where the parts of one site listen.
 *
 * @param edge the address on which clients are served
 * @param ports its ports for clients
 * @param overlay where other nodes connect; BGP to the router starts from the same address
 * @param metrics where Prometheus connects
 * @param router the site's upstream router
 * @param firstBackend the first service's backend; the others' are on the addresses after it
 * @param guarded whether the session with the router has a TCP MD5 key and GTSM
 */
public record SiteAddresses(
    InetAddress edge,
    Ports ports,
    InetSocketAddress overlay,
    InetSocketAddress metrics,
    InetSocketAddress router,
    InetSocketAddress firstBackend,
    boolean guarded) {
  private static final int OVERLAY_PORT = 7443;
  private static final int METRICS_PORT = 9100;
  private static final int ROUTER_PORT = 1790;
  private static final int BACKEND_PORT = 9000;
  private static final int FIRST_BACKEND = 11;

  /** The ports for clients, without and with TLS. */
  public record Ports(int http, int https) {}

  /**
   * Addresses 127.net.number.x for a site without a network of its own: .1 is the node, .2 its
   * upstream router, .11 and up the backends.
   */
  static SiteAddresses loopback(int net, int number) {
    String prefix = "127." + net + "." + number + ".";
    return new SiteAddresses(
        InetAddress.ofLiteral(prefix + 1),
        new Ports(8080, 8443),
        at(prefix + 1, OVERLAY_PORT),
        at(prefix + 1, METRICS_PORT),
        at(prefix + 2, ROUTER_PORT),
        at(prefix + FIRST_BACKEND, BACKEND_PORT),
        false);
  }

  /** An address literal and a port. */
  public static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  InetSocketAddress http() {
    return new InetSocketAddress(edge, ports.http());
  }

  InetSocketAddress https() {
    return new InetSocketAddress(edge, ports.https());
  }

  /** The backend of the service of that number, 0 for the first. */
  InetSocketAddress backend(int service) {
    byte[] bytes = firstBackend.getAddress().getAddress();
    bytes[bytes.length - 1] += (byte) service;
    try {
      return new InetSocketAddress(InetAddress.getByAddress(bytes), firstBackend.getPort());
    } catch (java.net.UnknownHostException e) {
      throw new IllegalArgumentException("an address of the same length is an address", e);
    }
  }
}
