package io.landfall.cli;

import io.landfall.admin.model.PeerReport;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One peer with everything known of it, on a screen: {@code show peers PEER}. */
final class PeerText {
  private static final int LABEL_WIDTH = 16;

  private final PeerReport peer;
  private final PrintWriter out;

  private PeerText(PeerReport peer, PrintWriter out) {
    this.peer = peer;
    this.out = out;
  }

  static void print(PeerReport peer, PrintWriter out) {
    PeerText text = new PeerText(peer, out);
    text.session();
    text.past();
    text.counters();
    text.services();
  }

  private void session() {
    PeerReport.Who who = peer.who();
    PeerReport.State state = peer.session();
    line(
        who.name()
            + "  "
            + who.identity()
            + "  "
            + who.relation()
            + "  "
            + state.state()
            + " for "
            + Table.duration(state.sinceSeconds())
            + ", since "
            + Table.time(state.since()));
    label("endpoint", who.endpoint().isEmpty() ? "-" : who.endpoint());
    terms(peer.terms());
    PeerReport.EndOfRib end = peer.traffic().endOfRib();
    label("End-of-RIB", "received " + yes(end.received()) + ", sent " + yes(end.sent()));
  }

  private void terms(PeerReport.Terms terms) {
    PeerReport.Ends ends = terms.ends();
    label("AS", ends.asn() + (ends.asn() == ends.localAsn() ? " (ours too)" : ""));
    label("identifier", Table.text(ends.identifier()) + ", ours " + ends.localIdentifier());
    PeerReport.HoldTime hold = terms.holdTime();
    label(
        "hold time",
        seconds(hold.negotiatedSeconds())
            + " (ours "
            + Table.duration((double) hold.oursSeconds())
            + ", theirs "
            + seconds(hold.theirsSeconds())
            + "), keepalive "
            + seconds(hold.keepaliveSeconds())
            + ", send hold "
            + Table.duration((double) hold.sendHoldSeconds()));
    label("families", words(terms.families()));
    label(
        "add-path",
        "receive " + words(terms.addPath().receive()) + "; send " + words(terms.addPath().send()));
    label("message size", Table.text(terms.maxMessageBytes()) + " bytes at most");
    capabilities(terms.capabilities());
  }

  private void capabilities(PeerReport.Capabilities capabilities) {
    List<String> both = capabilities.both();
    List<String> ours = new ArrayList<>(capabilities.ours());
    List<String> theirs = new ArrayList<>(capabilities.theirs());
    ours.removeAll(both);
    theirs.removeAll(both);
    label("capabilities", "both    " + words(both));
    label("", "ours    " + words(ours));
    label("", "theirs  " + words(theirs));
  }

  private void past() {
    PeerReport.Attempts attempts = peer.past().attempts();
    label(
        "established",
        times(attempts.timesEstablished(), "time")
            + ", "
            + times(attempts.flaps(), "flap")
            + ", "
            + times(attempts.failedAttempts(), "failed attempt")
            + attempts.lastFailedAttempt().map(why -> " (last: " + why + ")").orElse(""));
    label(
        "last reset",
        peer.past()
            .lastReset()
            .map(reset -> ago(reset.secondsAgo()) + " by " + reset.by() + ": " + reset.text())
            .orElse("never"));
    label("NOTIFICATION", "sent      " + notification(peer.past().lastNotificationSent()));
    label("", "received  " + notification(peer.past().lastNotificationReceived()));
    for (PeerReport.Duplicate duplicate : peer.duplicates()) {
      label("duplicate", duplicate.what() + "; " + duplicate.count() + " times");
    }
    OptionalLong next = peer.past().nextAttemptInMillis();
    if (next.isPresent()) {
      label("next attempt", "in " + Table.millis((double) next.getAsLong()));
    }
  }

  private void counters() {
    out.println();
    PeerReport.Messages counts = peer.traffic().messages();
    Table messages = new Table("MESSAGES", "RECEIVED", "SENT");
    counts
        .received()
        .forEach(
            (type, count) ->
                messages.row(type, number(count), number(counts.sent().getOrDefault(type, 0L))));
    messages.print(out, "no messages");
    out.println();
    routes(peer.traffic().routes());
    PeerReport.Errors errors = peer.past().errors();
    out.println();
    line(
        "malformed UPDATEs: "
            + errors.treatAsWithdraw()
            + " treated as withdraw, "
            + errors.attributeDiscard()
            + " with an attribute discarded, "
            + errors.sessionReset()
            + " reset the session");
    if (!errors.bySubject().isEmpty()) {
      out.println();
      Table refused = new Table("RULE", "ATTRIBUTE OR FAMILY", "COUNT");
      errors
          .bySubject()
          .forEach(row -> refused.row(row.rule(), row.subject(), number(row.count())));
      refused.print(out, "");
    }
  }

  private void routes(PeerReport.Routes routes) {
    PeerReport.Announcements announced = routes.announcements();
    PeerReport.Withdrawals withdrawn = routes.withdrawals();
    Table table = new Table("ROUTES", "RECEIVED", "SENT");
    table.row(
        "announcements",
        number(announced.announcementsReceived()),
        number(announced.announcementsSent()));
    table.row(
        "withdrawals",
        number(withdrawn.withdrawalsReceived()),
        number(withdrawn.withdrawalsSent()));
    table.row("held now", number(routes.held()), "-");
    table.row("accepted now", number(routes.accepted()), "-");
    table.row("refused", number(routes.refused()), "-");
    table.print(out, "");
  }

  /** The signals of a service host; a node has none of its own. */
  private void services() {
    List<PeerReport.HostSignals> services = peer.services().orElse(List.of());
    if (services.isEmpty()) {
      return;
    }
    out.println();
    Table table = new Table("SERVICE", "IDENTITY", "SAYS", "MED", "TIER", "SINCE");
    services.forEach(
        row ->
            table.row(
                row.service(),
                row.identity(),
                row.says().orElse("nothing"),
                Table.text(row.med()),
                Table.text(row.tier()),
                Table.time(row.since())));
    table.print(out, "");
  }

  private static String number(long number) {
    return Long.toString(number);
  }

  private static String seconds(OptionalLong seconds) {
    return seconds.isPresent() ? Table.duration((double) seconds.getAsLong()) : "-";
  }

  private static String yes(boolean yes) {
    return yes ? "yes" : "no";
  }

  private static String words(List<String> words) {
    return words.isEmpty() ? "-" : String.join(", ", words);
  }

  private static String times(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private static String ago(double seconds) {
    return Table.duration(seconds) + " ago";
  }

  private static String notification(Optional<PeerReport.Notification> seen) {
    return seen.map(
            each ->
                ago(each.secondsAgo())
                    + ": "
                    + each.code()
                    + "/"
                    + each.subcode()
                    + " "
                    + each.text())
        .orElse("never");
  }

  private void label(String label, String value) {
    String lead = "  " + label + " ".repeat(Math.max(1, LABEL_WIDTH - label.length()));
    Table.printLine(out, lead, value);
  }

  private void line(String text) {
    Table.printLine(out, text);
  }
}
