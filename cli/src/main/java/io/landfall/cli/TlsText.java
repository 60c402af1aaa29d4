package io.landfall.cli;

import io.landfall.admin.model.TlsStatus;
import java.io.PrintWriter;
import java.time.Instant;

/** TLS towards clients, for people. */
final class TlsText {
  private TlsText() {}

  static void print(TlsStatus status, PrintWriter out) {
    Table certificates =
        new Table("LISTENER", "NAMES", "KEY", "ISSUER", "ENDS", "DAYS LEFT", "OCSP", "FILE");
    Table handshakes =
        new Table("LISTENER", "TLS 1.3", "TLS 1.2", "FAILED", "CHANGED", "TICKET KEYS", "CLIENTS");
    for (TlsStatus.Listener listener : status.listeners()) {
      listener
          .problem()
          .ifPresent(
              problem ->
                  Table.printLine(
                      out, listener.address() + ": FILES NOT IN FORCE AS THEY ARE: " + problem));
      boolean first = true;
      for (TlsStatus.Certificate each : listener.certificates()) {
        certificates.row(
            first ? listener.address() : "",
            Table.joined(" ", each.names()),
            each.key(),
            each.issuer(),
            Table.time(each.notAfter()),
            Long.toString(each.daysLeft()),
            each.ocsp(),
            each.file());
        first = false;
      }
      TlsStatus.Handshakes counts = listener.handshakes();
      handshakes.row(
          listener.address(),
          Long.toString(counts.tls13()),
          Long.toString(counts.tls12()),
          Long.toString(counts.failed()),
          Table.time(listener.changed()),
          listener.tickets().keys()
              + " "
              + listener.tickets().from()
              + " since "
              + Table.time(listener.tickets().since()),
          listener.clients());
    }
    certificates.print(out, "no listener has TLS");
    orders(status, out);
    if (!handshakes.isEmpty()) {
      out.println();
      handshakes.print(out, "");
      out.println();
      Table.printLine(out, "versions: ", Table.joined(", ", status.versions()));
      Table.printLine(out, "groups: ", Table.joined(", ", status.groups()));
    }
  }

  /** The certificates that are ordered by ACME, and why one is not issued. */
  private static void orders(TlsStatus status, PrintWriter out) {
    Table orders = new Table("ORDERED NAMES", "ISSUED", "NEXT ORDER", "FAILED IN A ROW");
    for (TlsStatus.Ordered each : status.orders()) {
      orders.row(
          Table.joined(" ", each.names()),
          each.isIssued() ? "yes" : "NOT YET",
          each.next().isBefore(Instant.now()) ? "now" : Table.time(each.next()),
          Integer.toString(each.failures()));
    }
    if (!orders.isEmpty()) {
      out.println();
      orders.print(out, "");
    }
    for (TlsStatus.Ordered each : status.orders()) {
      each.problem()
          .ifPresent(
              why -> Table.printLine(out, each.names().getFirst() + ": LAST ORDER FAILED: " + why));
    }
  }
}
