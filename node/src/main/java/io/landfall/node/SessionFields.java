package io.landfall.node;

import io.landfall.admin.Fields;
import io.landfall.bgp.Capabilities;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * What every BGP session has, as members of a JSON object: the same for a node and for a service
 * host. On the control thread only.
 */
final class SessionFields {
  private static final int KEEPALIVES_PER_HOLD = 3;

  private final LongFunction<Instant> wallTime;
  private final LongFunction<Double> secondsSince;

  /**
   * Made for one node.
   *
   * @param wallTime when a monotonic moment was
   * @param secondsSince how long ago it was
   */
  SessionFields(LongFunction<Instant> wallTime, LongFunction<Double> secondsSince) {
    this.wallTime = wallTime;
    this.secondsSince = secondsSince;
  }

  /** Its state, and since when that is so. */
  void state(Fields fields, SessionDetail session, long sinceNanos) {
    double since = secondsSince.apply(sinceNanos);
    fields
        .put("state", NodeViews.word(session.state()))
        .put("since", wallTime.apply(sinceNanos).toString())
        .put("sinceSeconds", since)
        .put("uptimeSeconds", session.isUp() ? Optional.of(since) : Optional.empty());
  }

  /** What either side proposed, what both agreed on, and the messages since the start. */
  void terms(Fields fields, SessionDetail session) {
    Optional<Negotiated> agreed = session.negotiated();
    fields
        .put("asn", session.config().remoteAs().number())
        .put("localAsn", session.config().localAs().number())
        .put("identifier", agreed.map(n -> BgpIdentifier.text(n.remoteId())))
        .put("localIdentifier", BgpIdentifier.text(session.config().localId()))
        .put("holdTime", holdTime(session))
        .put("capabilities", capabilities(session))
        .put("families", agreed.map(n -> families(n.families())).orElse(List.of()))
        .put("addPath", addPath(agreed))
        .put("maxMessageBytes", agreed.map(Negotiated::maxMessageBytes))
        .put("messages", messages(session.stats()));
  }

  /** What went wrong, and how its sessions ended. */
  void past(
      Fields fields,
      SessionDetail session,
      List<RefusedView.SubjectCount> subjects,
      Optional<Long> nextAttemptInMillis) {
    SessionStats stats = session.stats();
    fields
        .put("errors", errors(stats, subjects))
        .put("timesEstablished", stats.timesEstablished())
        .put("flaps", stats.timesEstablished() - (session.isUp() ? 1 : 0))
        .put("failedAttempts", stats.failedAttempts())
        .put("lastFailedAttempt", stats.lastFailedAttempt())
        .put("nextAttemptInMillis", session.isUp() ? Optional.empty() : nextAttemptInMillis)
        .put("lastReset", reset(stats))
        .put("lastNotificationSent", stats.lastNotificationSent().map(this::notification))
        .put("lastNotificationReceived", stats.lastNotificationReceived().map(this::notification));
  }

  private static Fields holdTime(SessionDetail session) {
    Optional<Integer> agreed = session.negotiated().map(Negotiated::holdTimeSeconds);
    return new Fields()
        .put("oursSeconds", session.config().holdTimeSeconds())
        .put("theirsSeconds", session.theirs().map(OpenMessage::holdTimeSeconds))
        .put("negotiatedSeconds", agreed)
        .put("keepaliveSeconds", agreed.map(seconds -> seconds / KEEPALIVES_PER_HOLD))
        .put("sendHoldSeconds", session.config().options().sendHoldTimeSeconds());
  }

  private static Fields capabilities(SessionDetail session) {
    List<String> ours = words(session.ours().capabilities());
    List<String> theirs =
        session.theirs().map(open -> words(open.capabilities())).orElse(List.of());
    return new Fields()
        .put("ours", ours)
        .put("theirs", theirs)
        .put("both", ours.stream().filter(theirs::contains).toList());
  }

  /** The capabilities of an OPEN in words, in the order of their codes. */
  private static List<String> words(Capabilities all) {
    List<String> words = new ArrayList<>();
    families(all.families()).forEach(family -> words.add("multiprotocol " + family));
    add(words, all.routeRefresh(), "route-refresh");
    add(words, all.extendedNextHop(), "extended-next-hop");
    add(words, all.extendedMessage(), "extended-message");
    all.role().ifPresent(role -> words.add("role " + role));
    add(words, all.endOfRib(), "end-of-rib");
    add(words, all.fourOctetAs().isPresent(), "4-octet-as");
    families(all.addPathReceive()).forEach(family -> words.add("add-path-receive " + family));
    families(all.addPathSend()).forEach(family -> words.add("add-path-send " + family));
    add(words, all.enhancedRouteRefresh(), "enhanced-route-refresh");
    all.others().forEach(code -> words.add("capability " + code));
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

  private static Fields addPath(Optional<Negotiated> agreed) {
    return new Fields()
        .put("receive", agreed.map(n -> families(n.addPathReceive())).orElse(List.of()))
        .put("send", agreed.map(n -> families(n.addPathSend())).orElse(List.of()));
  }

  private static Fields messages(SessionStats stats) {
    return new Fields()
        .put("received", byType(stats.messagesIn()))
        .put("sent", byType(stats.messagesOut()));
  }

  private static Fields byType(Map<MessageType, Long> counts) {
    Fields fields = new Fields();
    counts.forEach(
        (type, count) -> fields.put(type.name().toLowerCase(Locale.ROOT).replace('_', '-'), count));
    return fields;
  }

  /** What RFC 7606 was needed for, and what was refused by attribute and family. */
  private static Fields errors(SessionStats stats, List<RefusedView.SubjectCount> subjects) {
    return new Fields()
        .put("treatAsWithdraw", stats.updates(ErrorRung.TREAT_AS_WITHDRAW))
        .put("attributeDiscard", stats.updates(ErrorRung.ATTRIBUTE_DISCARD))
        .put("sessionReset", stats.updates(ErrorRung.SESSION_RESET))
        .put("bySubject", RefusedFields.subjects(subjects));
  }

  private Optional<Fields> reset(SessionStats stats) {
    return stats
        .lastDown()
        .map(
            reason ->
                new Fields()
                    .put("by", initiator(reason))
                    .put("code", reason.code())
                    .put("subcode", reason.subcode())
                    .put("text", reason.text())
                    .put("at", wallTime.apply(stats.lastDownNanos()).toString())
                    .put("secondsAgo", secondsSince.apply(stats.lastDownNanos())));
  }

  /**
   * Who ended a session: a stream that broke without a NOTIFICATION was ended by nobody we know.
   */
  static String initiator(DownReason reason) {
    if (!reason.byPeer()) {
      return "us";
    }
    return reason.code() == 0 ? "connection" : "peer";
  }

  private Fields notification(SessionStats.Notification seen) {
    return new Fields()
        .put("code", seen.code())
        .put("subcode", seen.subcode())
        .put("text", seen.text())
        .put("at", wallTime.apply(seen.nanos()).toString())
        .put("secondsAgo", secondsSince.apply(seen.nanos()));
  }
}
