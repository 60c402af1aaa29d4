package io.landfall.node.watch;

import io.landfall.bgp.Family;
import io.landfall.bgp.watch.Bmp;
import io.landfall.bgp.watch.BmpPeer;
import io.landfall.bgp.watch.TcpEnd;
import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.overlay.MonitoringEvent;
import io.landfall.overlay.PeerInfo;
import io.landfall.transport.TcpEnds;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The peers whose sessions are Established, as watchers name them: by the addresses of the TCP
 * connection. Bounded by the overlay's bound on peers.
 */
final class MonitoredPeers {
  /** The unspecified address, for a stream that was gone before its address was read. */
  static final InetAddress UNKNOWN = InetAddress.ofLiteral("0.0.0.0");

  /**
   * One of them.
   *
   * @param header who it is in BMP
   * @param addPath whether what it sends has path identifiers
   * @param upMicros when its session came up, microseconds since 1970
   */
  record UpPeer(
      PeerInfo info, BmpPeer header, Bmp.Opening opening, boolean addPath, long upMicros) {}

  private final SortedMap<HostAddress, UpPeer> up = new TreeMap<>();
  private final Asn asn;
  private final Family family;

  MonitoredPeers(Asn asn, Family family) {
    this.asn = asn;
    this.family = family;
  }

  UpPeer add(MonitoringEvent.PeerUp seen, Optional<TcpEnds> ends, long nowMicros) {
    TcpEnd remote = end(ends.flatMap(TcpEnds::remoteEnd));
    Bmp.Opening opening =
        new Bmp.Opening(
            end(ends.flatMap(TcpEnds::localEnd)), remote, seen.sentOpen(), seen.receivedOpen());
    UpPeer peer =
        new UpPeer(
            seen.peer(),
            BmpPeer.session(remote.address(), asn, seen.negotiated().remoteId()),
            opening,
            family.isIn(seen.negotiated().addPathReceive()),
            nowMicros);
    up.put(seen.peer().identity(), peer);
    return peer;
  }

  private static TcpEnd end(Optional<InetSocketAddress> socket) {
    return socket
        .map(at -> new TcpEnd(at.getAddress(), at.getPort()))
        .orElse(new TcpEnd(UNKNOWN, 0));
  }

  @Nullable UpPeer get(HostAddress identity) {
    return up.get(identity);
  }

  @Nullable UpPeer remove(HostAddress identity) {
    return up.remove(identity);
  }

  /** All of them, ordered by identity. */
  List<UpPeer> all() {
    return new ArrayList<>(up.values());
  }
}
