package io.landfall.node;

import io.landfall.admin.model.PeerReport;
import io.landfall.bgp.Capabilities;
import io.landfall.bgp.Capabilities.Extension;
import io.landfall.bgp.ErrorRung;
import io.landfall.bgp.Family;
import io.landfall.bgp.MessageType;
import io.landfall.bgp.OpenMessage;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.SessionEffect.Negotiated;
import io.landfall.bgp.SessionStats;
import io.landfall.overlay.BgpIdentifier;
import io.landfall.overlay.RefusedView;
import io.landfall.overlay.SessionDetail;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What every BGP session has in the report of a peer: the same for a node and for a service host.
 * On the control thread only.
 */
final class SessionReports {
  private static final int KEEPALIVES_PER_HOLD = 3;

  private final ControlTime time;

  /** Made for one node. */
  SessionReports(ControlTime time) {
    this.time = time;
  }

  /** Its state, and since when that is so. */
  PeerReport.State state(SessionDetail session, long sinceNanos) {
    return new PeerReport.State(
        PeerRows.word(session.state()),
        time.wallTimeOf(sinceNanos),
        time.secondsSince(sinceNanos),
        time.secondsSince(sinceNanos, session.isUp()));
  }

  /** What either side proposed, and what both agreed on. */
  PeerReport.Terms terms(SessionDetail session) {
    Optional<Negotiated> agreed = session.negotiated();
    return new PeerReport.Terms(
        new PeerReport.Ends(
            session.config().remoteAs().number(),
            session.config().localAs().number(),
            agreed.map(n -> BgpIdentifier.text(n.remoteId())),
            BgpIdentifier.text(session.config().localId())),
        holdTime(session),
        capabilities(session),
        agreed.map(n -> families(n.families())).orElse(List.of()),
        new PeerReport.AddPath(
            agreed.map(n -> families(n.addPathReceive())).orElse(List.of()),
            agreed.map(n -> families(n.addPathSend())).orElse(List.of())),
        number(agreed.map(Negotiated::maxMessageBytes)));
  }

  /** Messages since the start, by type. */
  static PeerReport.Messages messages(SessionStats stats) {
    return new PeerReport.Messages(byType(stats.messagesIn()), byType(stats.messagesOut()));
  }

  /** What went wrong, and how its sessions ended. */
  PeerReport.Past past(
      SessionDetail session,
      List<RefusedView.SubjectCount> subjects,
      OptionalLong nextAttemptInMillis) {
    SessionStats stats = session.stats();
    return new PeerReport.Past(
        new PeerReport.Errors(
            stats.updates(ErrorRung.TREAT_AS_WITHDRAW),
            stats.updates(ErrorRung.ATTRIBUTE_DISCARD),
            stats.updates(ErrorRung.SESSION_RESET),
            RefusedRows.subjects(subjects)),
        new PeerReport.Attempts(
            stats.timesEstablished(),
            stats.timesEstablished() - (session.isUp() ? 1 : 0),
            stats.failedAttempts(),
            stats.lastFailedAttempt()),
        session.isUp() ? OptionalLong.empty() : nextAttemptInMillis,
        reset(stats),
        stats.lastNotificationSent().map(this::notification),
        stats.lastNotificationReceived().map(this::notification));
  }

  private static PeerReport.HoldTime holdTime(SessionDetail session) {
    Optional<Integer> agreed = session.negotiated().map(Negotiated::holdTimeSeconds);
    return new PeerReport.HoldTime(
        session.config().holdTimeSeconds(),
        number(session.theirs().map(OpenMessage::holdTimeSeconds)),
        number(agreed),
        number(agreed.map(seconds -> seconds / KEEPALIVES_PER_HOLD)),
        session.config().options().sendHoldTimeSeconds());
  }

  private static OptionalLong number(Optional<? extends Number> number) {
    return number.isPresent() ? OptionalLong.of(number.get().longValue()) : OptionalLong.empty();
  }

  private static PeerReport.Capabilities capabilities(SessionDetail session) {
    List<String> ours = words(session.ours().capabilities());
    List<String> theirs =
        session.theirs().map(open -> words(open.capabilities())).orElse(List.of());
    return new PeerReport.Capabilities(
        ours, theirs, ours.stream().filter(theirs::contains).toList());
  }

  /** The capabilities of an OPEN in words, in the order of their codes. */
  private static List<String> words(Capabilities all) {
    List<String> words = new ArrayList<>();
    families(all.families()).forEach(family -> words.add("multiprotocol " + family));
    add(words, all.has(Extension.ROUTE_REFRESH), "route-refresh");
    add(words, all.has(Extension.EXTENDED_NEXT_HOP), "extended-next-hop");
    add(words, all.has(Extension.EXTENDED_MESSAGE), "extended-message");
    all.role().ifPresent(role -> words.add("role " + role));
    add(words, all.has(Extension.END_OF_RIB), "end-of-rib");
    add(words, all.fourOctetAs().isPresent(), "4-octet-as");
    families(all.addPath().receive()).forEach(family -> words.add("add-path-receive " + family));
    families(all.addPath().send()).forEach(family -> words.add("add-path-send " + family));
    add(words, all.has(Extension.ENHANCED_ROUTE_REFRESH), "enhanced-route-refresh");
    all.unknown().codes().forEach(code -> words.add("capability " + code));
    return words;
  }

  private static void add(List<String> words, boolean there, String word) {
    if (there) {
      words.add(word);
    }
  }

  private static List<String> families(int bits) {
    List<String> names = new ArrayList<>();
    for (Family family : Family.values()) {
      if (family.isIn(bits)) {
        names.add(family.name().toLowerCase(Locale.ROOT).replace('_', '-'));
      }
    }
    return names;
  }

  private static Map<String, Long> byType(Map<MessageType, Long> counts) {
    Map<String, Long> byType = new LinkedHashMap<>();
    counts.forEach(
        (type, count) -> byType.put(type.name().toLowerCase(Locale.ROOT).replace('_', '-'), count));
    return byType;
  }

  private Optional<PeerReport.Reset> reset(SessionStats stats) {
    return stats
        .lastDown()
        .map(
            reason ->
                new PeerReport.Reset(
                    initiator(reason),
                    reason.code(),
                    reason.subcode(),
                    reason.text(),
                    time.wallTimeOf(stats.lastDownNanos()),
                    time.secondsSince(stats.lastDownNanos())));
  }

  /**
   * Who ended a session: a stream that broke without a NOTIFICATION was ended by neither end, as
   * far as is known.
   */
  static String initiator(DownReason reason) {
    if (!reason.byPeer()) {
      return "us";
    }
    return reason.code() == 0 ? "connection" : "peer";
  }

  private PeerReport.Notification notification(SessionStats.Notification seen) {
    return new PeerReport.Notification(
        seen.code(),
        seen.subcode(),
        seen.text(),
        time.wallTimeOf(seen.nanos()),
        time.secondsSince(seen.nanos()));
  }
}
