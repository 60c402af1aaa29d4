package io.landfall.node;

import io.landfall.admin.metrics.Planes;
import io.landfall.admin.model.IngressStatus;
import io.landfall.admin.model.PeerRow;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Sessions, prefixes and certificates of this node, in the words of metrics. */
final class PlaneRows {
  private static final String ESTABLISHED = "established";

  private PlaneRows() {}

  /**
   * What there is now.
   *
   * @param ingress plane one
   * @param peers peers, candidates and service hosts
   * @param waitSeconds how long the scrape waited for the control thread
   */
  static Planes of(
      IngressStatus ingress, List<PeerRow> peers, NodeTrust trust, double waitSeconds) {
    TreeMap<String, Boolean> upstreams = new TreeMap<>();
    for (IngressStatus.SessionState each : ingress.sessions()) {
      upstreams.merge(each.upstream(), each.state().equals(ESTABLISHED), Boolean::logicalOr);
    }
    TreeMap<String, Boolean> nodes = new TreeMap<>();
    for (PeerRow peer : peers) {
      if (peer.kind().equals(PeerRow.NODE) && peer.who().name().isPresent()) {
        nodes.merge(
            peer.who().name().get(),
            peer.session().state().equals(ESTABLISHED),
            Boolean::logicalOr);
      }
    }
    List<Planes.Certificate> certificates = new ArrayList<>();
    certificates.add(certificate("node", trust.own().inForce().certificate()));
    trust.admission().authorities().forEach(ca -> certificates.add(certificate("ca", ca)));
    return new Planes(
        upstreams,
        ingress.prefixes().stream()
            .map(each -> new Planes.Prefix(each.upstream(), each.prefix(), each.state()))
            .toList(),
        nodes,
        certificates,
        waitSeconds);
  }

  private static Planes.Certificate certificate(String kind, X509Certificate certificate) {
    return new Planes.Certificate(
        kind,
        certificate.getSubjectX500Principal().getName(),
        certificate.getNotAfter().toInstant());
  }
}
