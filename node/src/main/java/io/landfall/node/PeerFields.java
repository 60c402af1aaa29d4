package io.landfall.node;

import io.landfall.bgp.Capabilities;
import io.landfall.bgp.ErrorRung;
import io.landfall.bgp.Family;
import io.landfall.bgp.MessageType;
import io.landfall.bgp.OpenMessage;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.SessionEffect.Negotiated;
import io.landfall.bgp.SessionState;
import io.landfall.bgp.SessionStats;
import io.landfall.node.admin.Fields;
import io.landfall.overlay.BgpIdentifier;
import io.landfall.overlay.PeerDetail;
import io.landfall.overlay.PeerView;
import io.landfall.overlay.RefusedView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongFunction;

/** One peer with everything known of it, as a JSON object; on the control thread only. */
final class PeerFields {
  private static final int KEEPALIVES_PER_HOLD = 3;

  private final LongFunction<Instant> wallTime;
  private final LongFunction<Double> secondsSince;

  /**
   * Made for one node.
   *
   * @param wallTime when a monotonic moment was
   * @param secondsSince how long ago it was
   */
  PeerFields(LongFunction<Instant> wallTime, LongFunction<Double> secondsSince) {
    this.wallTime = wallTime;
    this.secondsSince = secondsSince;
  }

  Fields peer(PeerDetail peer, String endpoint, Optional<Long> nextAttemptInMillis) {
    PeerView view = peer.view();
    boolean up = view.state() == SessionState.ESTABLISHED;
    double since = secondsSince.apply(view.sinceNanos());
    Optional<Negotiated> agreed = peer.negotiated();
    return new Fields()
        .put("name", view.info().name().value())
        .put("identity", view.info().identity().toString())
        .put("relation", view.info().relation().name().toLowerCase(Locale.ROOT))
        .put("state", NodeViews.word(view.state()))
        .put("since", wallTime.apply(view.sinceNanos()).toString())
        .put("sinceSeconds", since)
        .put("uptimeSeconds", number(up ? OptionalDouble.of(since) : OptionalDouble.empty()))
        .put("endpoint", endpoint)
        .put("asn", Integer.toUnsignedLong(peer.config().remoteAs()))
        .put("localAsn", Integer.toUnsignedLong(peer.config().localAs()))
        .put("identifier", agreed.map(n -> BgpIdentifier.text(n.remoteId())))
        .put("localIdentifier", BgpIdentifier.text(peer.config().localId()))
        .put("holdTime", holdTime(peer))
        .put("capabilities", capabilities(peer))
        .put("families", agreed.map(n -> families(n.families())).orElse(List.of()))
        .put("addPath", addPath(agreed))
        .put("maxMessageBytes", agreed.map(Negotiated::maxMessageBytes))
        .put("messages", messages(peer.stats()))
        .put("routes", routes(peer))
        .put(
            "endOfRib",
            new Fields().put("received", view.endOfRibReceived()).put("sent", view.endOfRibSent()))
        .put("errors", errors(peer))
        .put("timesEstablished", peer.stats().timesEstablished())
        .put("flaps", peer.stats().timesEstablished() - (up ? 1 : 0))
        .put("failedAttempts", peer.stats().failedAttempts())
        .put("lastFailedAttempt", peer.stats().lastFailedAttempt())
        .put("nextAttemptInMillis", up ? Optional.empty() : nextAttemptInMillis)
        .put("lastReset", reset(peer.stats()))
        .put("lastNotificationSent", peer.stats().lastNotificationSent().map(this::notification))
        .put(
            "lastNotificationReceived",
            peer.stats().lastNotificationReceived().map(this::notification));
  }

  private static Optional<Double> number(OptionalDouble value) {
    return value.isPresent() ? Optional.of(value.getAsDouble()) : Optional.empty();
  }

  private static Fields holdTime(PeerDetail peer) {
    Optional<Integer> agreed = peer.negotiated().map(Negotiated::holdTimeSeconds);
    return new Fields()
        .put("oursSeconds", peer.config().holdTimeSeconds())
        .put("theirsSeconds", peer.theirs().map(OpenMessage::holdTimeSeconds))
        .put("negotiatedSeconds", agreed)
        .put("keepaliveSeconds", agreed.map(seconds -> seconds / KEEPALIVES_PER_HOLD))
        .put("sendHoldSeconds", peer.config().options().sendHoldTimeSeconds());
  }

  private static Fields capabilities(PeerDetail peer) {
    List<String> ours = words(peer.ours().capabilities());
    List<String> theirs = peer.theirs().map(open -> words(open.capabilities())).orElse(List.of());
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

  private static Fields routes(PeerDetail peer) {
    PeerView.Counters counters = peer.view().counters();
    return new Fields()
        .put("held", peer.prefixesHeld())
        .put("accepted", peer.view().acceptedPaths())
        .put("refused", counters.refused())
        .put("updatesReceived", counters.updatesReceived())
        .put("announcementsReceived", counters.announcementsReceived())
        .put("withdrawalsReceived", counters.withdrawalsReceived())
        .put("announcementsSent", counters.announcementsSent())
        .put("withdrawalsSent", counters.withdrawalsSent());
  }

  /** What RFC 7606 was needed for, and what was refused by attribute and family. */
  private static Fields errors(PeerDetail peer) {
    List<Fields> subjects = new ArrayList<>();
    for (RefusedView.SubjectCount each : peer.subjects()) {
      subjects.add(
          new Fields()
              .put("rule", each.rule())
              .put("subject", each.subject())
              .put("count", each.count()));
    }
    return new Fields()
        .put("treatAsWithdraw", peer.stats().updates(ErrorRung.TREAT_AS_WITHDRAW))
        .put("attributeDiscard", peer.stats().updates(ErrorRung.ATTRIBUTE_DISCARD))
        .put("sessionReset", peer.stats().updates(ErrorRung.SESSION_RESET))
        .put("bySubject", subjects);
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
