package io.landfall.checks.soak;

import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.TrustingTls;
import io.landfall.trust.Credentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLContext;

/**
 * A node with a good certificate of its own and bad intentions: what it needs to speak with fra.
 *
 * @param world where it lives
 * @param number the last number of its identity
 * @param address where it speaks from
 * @param context TLS with its certificate
 */
record HostileNode(SoakWorld world, int number, InetAddress address, SSLContext context) {
  /** One with a new certificate for these services. */
  static HostileNode of(SoakWorld world, String name, int number, String... services) {
    Credentials own = world.issue(name, number, services);
    return new HostileNode(
        world, number, world.address(30, number - SoakWorld.HOSTILE), Connections.context(own));
  }

  byte[] open(boolean addPath) {
    return BgpBytes.open(BgpMessages.OVERLAY_ASN, identity(), addPath);
  }

  int identity() {
    return SoakWorld.identity(number);
  }

  /** A connection for BGP to fra on which nothing was sent yet. */
  BgpPeer bgp(Attacker owner, int receiveBuffer) throws IOException {
    Socket plain = owner.keep(Connections.plain(address, world.overlay(1), receiveBuffer));
    try {
      return new BgpPeer(plain, Connections.secured(plain, context, TrustingTls.BGP));
    } catch (IOException e) {
      owner.drop(plain);
      throw e;
    }
  }

  /** An Established session with fra that advertises the own identity. */
  BgpPeer session(Attacker owner, boolean addPath) throws IOException {
    BgpPeer peer = bgp(owner, 0).establish(open(addPath));
    peer.send(
        BgpMessages.announce(
            BgpBytes.attributes(identity()),
            addPath ? BgpBytes.host(identity(), 1) : BgpMessages.host(identity())));
    peer.send(BgpBytes.END_OF_RIB);
    return peer;
  }
}
