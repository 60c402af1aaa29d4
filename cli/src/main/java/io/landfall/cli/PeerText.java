package io.landfall.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** One peer with everything known of it, on a screen: {@code show peers PEER}. */
final class PeerText {
  private static final int LABEL_WIDTH = 16;

  private final Json peer;
  private final PrintWriter out;

  private PeerText(Json peer, PrintWriter out) {
    this.peer = peer;
    this.out = out;
  }

  static void print(Json peer, PrintWriter out) {
    PeerText text = new PeerText(peer, out);
    text.session();
    text.past();
    text.counters();
    text.services();
  }

  private void session() {
    String since = Table.duration(peer.get("sinceSeconds").number());
    line(
        peer.text("name")
            + "  "
            + peer.text("identity")
            + "  "
            + peer.text("relation")
            + "  "
            + peer.text("state")
            + " for "
            + since
            + ", since "
            + peer.text("since"));
    label("endpoint", peer.text("endpoint").isEmpty() ? "-" : peer.text("endpoint"));
    label("AS", peer.text("asn") + (same("asn", "localAsn") ? " (ours too)" : ""));
    label("identifier", peer.text("identifier") + ", ours " + peer.text("localIdentifier"));
    Json hold = peer.get("holdTime");
    label(
        "hold time",
        seconds(hold, "negotiatedSeconds")
            + " (ours "
            + seconds(hold, "oursSeconds")
            + ", theirs "
            + seconds(hold, "theirsSeconds")
            + "), keepalive "
            + seconds(hold, "keepaliveSeconds")
            + ", send hold "
            + seconds(hold, "sendHoldSeconds"));
    label("families", peer.get("families").joined(", "));
    Json addPath = peer.get("addPath");
    label(
        "add-path",
        "receive "
            + addPath.get("receive").joined(", ")
            + "; send "
            + addPath.get("send").joined(", "));
    label("message size", peer.text("maxMessageBytes") + " bytes at most");
    capabilities(peer.get("capabilities"));
    Json end = peer.get("endOfRib");
    label("End-of-RIB", "received " + yes(end, "received") + ", sent " + yes(end, "sent"));
  }

  private void capabilities(Json capabilities) {
    List<String> both = texts(capabilities.get("both"));
    List<String> ours = new ArrayList<>(texts(capabilities.get("ours")));
    List<String> theirs = new ArrayList<>(texts(capabilities.get("theirs")));
    ours.removeAll(both);
    theirs.removeAll(both);
    label("capabilities", "both    " + words(both));
    label("", "ours    " + words(ours));
    label("", "theirs  " + words(theirs));
  }

  private void past() {
    label(
        "established",
        times("timesEstablished", "time")
            + ", "
            + times("flaps", "flap")
            + ", "
            + times("failedAttempts", "failed attempt")
            + (peer.get("lastFailedAttempt").isNull()
                ? ""
                : " (last: " + peer.text("lastFailedAttempt") + ")"));
    Json reset = peer.get("lastReset");
    label(
        "last reset",
        reset.isNull()
            ? "never"
            : ago(reset) + " by " + reset.text("by") + ": " + reset.text("text"));
    label("NOTIFICATION", "sent      " + notification(peer.get("lastNotificationSent")));
    label("", "received  " + notification(peer.get("lastNotificationReceived")));
    for (Json duplicate : peer.get("duplicates").items()) {
      label("duplicate", duplicate.text("what") + "; " + duplicate.text("count") + " times");
    }
    if (!peer.get("nextAttemptInMillis").isNull()) {
      label(
          "next attempt", "in " + Table.duration(peer.get("nextAttemptInMillis").number() / 1_000));
    }
  }

  private void counters() {
    out.println();
    Table messages = new Table("MESSAGES", "RECEIVED", "SENT");
    Json received = peer.get("messages").get("received");
    Json sent = peer.get("messages").get("sent");
    received.members().forEach((type, count) -> messages.row(type, count.text(), sent.text(type)));
    messages.print(out, "");
    out.println();
    Json routes = peer.get("routes");
    Table table = new Table("ROUTES", "RECEIVED", "SENT");
    table.row(
        "announcements", routes.text("announcementsReceived"), routes.text("announcementsSent"));
    table.row("withdrawals", routes.text("withdrawalsReceived"), routes.text("withdrawalsSent"));
    table.row("held now", routes.text("held"), "-");
    table.row("accepted now", routes.text("accepted"), "-");
    table.row("refused", routes.text("refused"), "-");
    table.print(out, "");
    Json errors = peer.get("errors");
    out.println();
    line(
        "malformed UPDATEs: "
            + errors.text("treatAsWithdraw")
            + " treated as withdraw, "
            + errors.text("attributeDiscard")
            + " with an attribute discarded, "
            + errors.text("sessionReset")
            + " reset the session");
    List<Json> subjects = errors.get("bySubject").items();
    if (!subjects.isEmpty()) {
      out.println();
      Table refused = new Table("RULE", "ATTRIBUTE OR FAMILY", "COUNT");
      subjects.forEach(
          row -> refused.row(row.text("rule"), row.text("subject"), row.text("count")));
      refused.print(out, "");
    }
  }

  /** What a service host says; a node has no such list. */
  private void services() {
    List<Json> services = peer.get("services").items();
    if (services.isEmpty()) {
      return;
    }
    out.println();
    Table table = new Table("SERVICE", "IDENTITY", "SAYS", "MED", "TIER", "SINCE");
    services.forEach(
        row ->
            table.row(
                row.text("service"),
                row.text("identity"),
                row.get("says").isNull() ? "nothing" : row.text("says"),
                row.text("med"),
                row.text("tier"),
                row.text("since")));
    table.print(out, "");
  }

  private boolean same(String one, String other) {
    return peer.text(one).equals(peer.text(other));
  }

  private static String seconds(Json from, String name) {
    return from.get(name).isNull() ? "-" : from.text(name) + "s";
  }

  private static String yes(Json from, String name) {
    return from.get(name).isTrue() ? "yes" : "no";
  }

  private static List<String> texts(Json list) {
    return list.items().stream().map(Json::text).toList();
  }

  private static String words(List<String> words) {
    return words.isEmpty() ? "-" : String.join(", ", words);
  }

  private String times(String name, String what) {
    String number = peer.text(name);
    return number + " " + what + (number.equals("1") ? "" : "s");
  }

  private static String ago(Json event) {
    return Table.duration(event.get("secondsAgo").number()) + " ago";
  }

  private static String notification(Json seen) {
    return seen.isNull()
        ? "never"
        : ago(seen)
            + ": "
            + seen.text("code")
            + "/"
            + seen.text("subcode")
            + " "
            + seen.text("text");
  }

  private void label(String label, String value) {
    line("  " + label + " ".repeat(Math.max(1, LABEL_WIDTH - label.length())) + value);
  }

  private void line(String text) {
    out.println(Table.printable(text));
  }
}
