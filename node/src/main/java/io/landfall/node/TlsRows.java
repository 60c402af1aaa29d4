package io.landfall.node;

import io.landfall.acme.AcmeOrders;
import io.landfall.admin.model.TlsStatus;
import io.landfall.config.EdgeConfig;
import io.landfall.config.ListenTlsConfig;
import io.landfall.core.Clock;
import io.landfall.core.SocketText;
import io.landfall.edge.tls.ServerContexts;
import io.landfall.edge.tls.ServerNames;
import io.landfall.edge.tls.TicketKeys;
import io.landfall.edge.tls.TlsStore;
import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** TLS towards clients, as {@code show tls} has it; on any thread. */
final class TlsRows {
  private static final int DNS_NAME = 2;
  private static final int ADDRESS = 7;

  private final CertificateWatch certificates;
  private final Supplier<List<AcmeOrders.Status>> orders;
  private final Clock clock;

  TlsRows(CertificateWatch certificates, Supplier<List<AcmeOrders.Status>> orders, Clock clock) {
    this.certificates = certificates;
    this.orders = orders;
    this.clock = clock;
  }

  /** All listeners with TLS. */
  TlsStatus all() {
    Instant now = Instant.ofEpochMilli(clock.wallMillis());
    return new TlsStatus(
        ServerContexts.VERSIONS,
        ServerContexts.GROUPS,
        certificates.listeners().stream().map(listener -> row(listener, now)).toList(),
        orders.get().stream().map(TlsRows::row).toList());
  }

  private static TlsStatus.Ordered row(AcmeOrders.Status status) {
    return new TlsStatus.Ordered(
        status.wanted().file().toString(),
        status.wanted().names(),
        status.isIssued(),
        status.next(),
        status.counts().issued(),
        status.counts().failed(),
        status.failures(),
        status.why().isEmpty() ? Optional.empty() : Optional.of(status.why()));
  }

  private static TlsStatus.Listener row(WatchedListener listener, Instant now) {
    WatchedListener.State state = listener.state();
    TlsStore.Handshakes handshakes = listener.store().handshakes();
    List<ServerNames.Identity> identities = listener.store().inForce().identities();
    List<Staple> staples = listener.staples();
    List<TlsStatus.Certificate> rows = new ArrayList<>();
    List<EdgeConfig.KeyPairFiles> files = listener.listen().certificates();
    // A change of the config may be under way, between the one and the other.
    for (int i = 0; i < Math.min(identities.size(), files.size()); i++) {
      rows.add(
          row(
              files.get(i).certificate().toString(),
              identities.get(i).chain().getFirst(),
              i < staples.size() ? staples.get(i).state() : Staple.NONE,
              now));
    }
    return new TlsStatus.Listener(
        SocketText.of(listener.listen().address()),
        state.problem(),
        state.changed(),
        new TlsStatus.Handshakes(handshakes.tls12(), handshakes.tls13(), handshakes.failed()),
        new TlsStatus.Tickets(
            listener.hasTicketFile() ? "file" : "random",
            listener.store().tickets().map(TicketKeys::size).orElse(0),
            listener.ticketsSince()),
        listener
            .listen()
            .tls()
            .flatMap(ListenTlsConfig::clients)
            .map(clients -> clients.demand().name().toLowerCase(Locale.ROOT))
            .orElse("none"),
        rows);
  }

  private static TlsStatus.Certificate row(
      String file, X509Certificate shown, String ocsp, Instant now) {
    Instant until = shown.getNotAfter().toInstant();
    return new TlsStatus.Certificate(
        file,
        names(shown),
        kind(shown.getPublicKey()),
        shown.getIssuerX500Principal().getName(),
        until,
        Math.floorDiv(Duration.between(now, until).toSeconds(), Duration.ofDays(1).toSeconds()),
        ocsp);
  }

  private static List<String> names(X509Certificate shown) {
    try {
      Collection<List<?>> all = shown.getSubjectAlternativeNames();
      return all == null
          ? List.of()
          : all.stream()
              .filter(name -> name.get(0).equals(DNS_NAME) || name.get(0).equals(ADDRESS))
              .map(name -> String.valueOf(name.get(1)))
              .toList();
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  private static String kind(PublicKey key) {
    return switch (key) {
      case ECPublicKey ec -> "EC P-" + ec.getParams().getCurve().getField().getFieldSize();
      case RSAPublicKey rsa -> "RSA " + rsa.getModulus().bitLength();
      default -> key.getAlgorithm();
    };
  }
}
