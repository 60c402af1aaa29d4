package io.landfall.node.watch;

import io.landfall.bgp.watch.Mrt;
import io.landfall.node.watch.MonitoredPeers.UpPeer;
import io.landfall.overlay.MonitoringEvent;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * What happens on sessions as MRT records (BGP4MP_ET): the peer's OPEN and the change to
 * Established, each UPDATE as it came, the peer's NOTIFICATION and the change to Idle. What a
 * session does before it is Established is in the log, not here.
 */
final class MrtUpdates {
  private final int asn;

  MrtUpdates(int asn) {
    this.asn = asn;
  }

  List<byte[]> up(UpPeer peer, long nowMicros) {
    Mrt.Session session = session(peer);
    List<byte[]> records = new ArrayList<>(2);
    records.add(Mrt.message(nowMicros, session, peer.opening().receivedOpen(), false));
    records.add(Mrt.stateChange(nowMicros, session, Mrt.OPEN_CONFIRM, Mrt.ESTABLISHED));
    return records;
  }

  byte[] update(UpPeer peer, byte[] message, long nowMicros) {
    return Mrt.message(nowMicros, session(peer), message, peer.addPath());
  }

  List<byte[]> down(UpPeer peer, MonitoringEvent.PeerDown down, long nowMicros) {
    Mrt.Session session = session(peer);
    List<byte[]> records = new ArrayList<>(2);
    if (down.reason().byPeer() && down.notification().length > 0) {
      records.add(Mrt.message(nowMicros, session, down.notification(), false));
    }
    records.add(Mrt.stateChange(nowMicros, session, Mrt.ESTABLISHED, Mrt.IDLE));
    return records;
  }

  private Mrt.Session session(UpPeer peer) {
    InetAddress remote = peer.opening().remote().address();
    return new Mrt.Session(asn, asn, remote, peer.opening().local().address());
  }
}
