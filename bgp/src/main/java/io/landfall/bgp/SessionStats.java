package io.landfall.bgp;

import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.UpdateMessage.Refusal;
import io.landfall.core.RefusalRule;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one session has counted since it was made, across all its connections. Read it on the thread
 * that drives the session; the maps it hands out are copies.
 */
public final class SessionStats {
  /**
   * Rules are fixed phrases, so there are few; should a plane invent more, they share a counter.
   */
  private static final int MAX_RULES = 64;

  private static final String OTHER_RULES = RefusalRule.Uncounted.OTHER.label();

  /** Families that a peer names are for it to choose; beyond these they share a counter. */
  private static final int MAX_FAMILIES = 32;

  private static final int OTHER_FAMILIES = -1;

  private final long[] in = new long[MessageType.values().length + 1];
  private final long[] out = new long[MessageType.values().length + 1];
  private final Map<ErrorRung, Long> updatesByRung = new EnumMap<>(ErrorRung.class);
  private final SortedMap<String, long[]> refusals = new TreeMap<>();
  private final long[] discardedAttributes = new long[256];
  private final SortedMap<Integer, Long> refusedFamilies = new TreeMap<>();
  private long unsendable;
  private long established;
  private long failedAttempts;
  private long lateEvents;
  private @Nullable String lastFailedAttempt;
  private @Nullable DownReason lastDown;
  private long lastDownNanos;
  private @Nullable Notification lastSent;
  private @Nullable Notification lastReceived;

  /**
   * A NOTIFICATION that went over the wire.
   *
   * @param code the error code
   * @param subcode the error subcode
   * @param text the RFC's name of the error, and the sender's text (RFC 9003)
   * @param nanos when, by the monotonic clock
   */
  public record Notification(int code, int subcode, String text, long nanos) {}

  SessionStats() {}

  void countReceived(MessageType type) {
    in[type.code()]++;
  }

  void countSent(MessageType type, int count) {
    out[type.code()] += count;
  }

  void countUpdate(ErrorRung rung) {
    updatesByRung.merge(rung, 1L, Long::sum);
  }

  void countRefused(List<Refusal> list) {
    for (Refusal refusal : list) {
      long[] counter = refusals.get(refusal.rule());
      if (counter == null) {
        String rule = refusals.size() < MAX_RULES ? refusal.rule() : OTHER_RULES;
        counter = refusals.computeIfAbsent(rule, r -> new long[1]);
      }
      counter[0]++;
      switch (refusal.kind()) {
        case ATTRIBUTE -> discardedAttributes[refusal.code()]++;
        case FAMILY -> countFamily(refusal.code());
        case PREFIX, MESSAGE -> {}
      }
    }
  }

  /** Counts the families that an OPEN offers and that this side does not support. */
  void countOffered(Capabilities offered, int ownFamilies) {
    for (Family family : Family.values()) {
      if (family.isIn(offered.families() & ~ownFamilies)) {
        countFamily(family.afi() << 8 | family.safi());
      }
    }
    offered.unknown().families().forEach(this::countFamily);
  }

  private void countFamily(int code) {
    boolean known = refusedFamilies.containsKey(code) || refusedFamilies.size() < MAX_FAMILIES;
    refusedFamilies.merge(known ? code : OTHER_FAMILIES, 1L, Long::sum);
  }

  void countUnsendable(int count) {
    unsendable += count;
  }

  void countEstablished() {
    established++;
  }

  void countFailedAttempt(String why) {
    failedAttempts++;
    lastFailedAttempt = why;
  }

  void down(DownReason reason, long nowNanos) {
    lastDown = reason;
    lastDownNanos = nowNanos;
  }

  void notificationSent(BgpError error, long nowNanos) {
    lastSent = new Notification(error.code(), error.subcode(), error.text(), nowNanos);
  }

  void notificationReceived(DownReason reason, long nowNanos) {
    lastReceived = new Notification(reason.code(), reason.subcode(), reason.text(), nowNanos);
  }

  void countLateEvent() {
    lateEvents++;
  }

  /** UPDATEs that landed on a rung of RFC 7606; {@link ErrorRung#NONE} counts the good ones. */
  public long updates(ErrorRung rung) {
    return updatesByRung.getOrDefault(rung, 0L);
  }

  /** What was refused, by rule. */
  public SortedMap<String, Long> refusals() {
    SortedMap<String, Long> copy = new TreeMap<>();
    refusals.forEach((rule, counter) -> copy.put(rule, counter[0]));
    return Collections.unmodifiableSortedMap(copy);
  }

  /**
   * How often an attribute of each type was dropped from a route, for whatever rule; by name, such
   * as {@code PREFIX_SID (40)}.
   */
  public SortedMap<String, Long> discardedAttributes() {
    SortedMap<String, Long> counts = new TreeMap<>();
    for (int code = 0; code < discardedAttributes.length; code++) {
      if (discardedAttributes[code] > 0) {
        counts.put(AttributeType.nameOf(code), discardedAttributes[code]);
      }
    }
    return Collections.unmodifiableSortedMap(counts);
  }

  /**
   * How often a family that is not negotiated on this session was offered in an OPEN or used in a
   * message; by numbers, such as {@code AFI 1, SAFI 133}.
   */
  public SortedMap<String, Long> refusedFamilies() {
    SortedMap<String, Long> counts = new TreeMap<>();
    refusedFamilies.forEach(
        (code, count) ->
            counts.put(
                code == OTHER_FAMILIES ? OTHER_RULES : UpdateMessage.Refusal.familyName(code),
                count));
    return Collections.unmodifiableSortedMap(counts);
  }

  /** Prefixes that this side had but could not express to the peer. */
  public long unsendable() {
    return unsendable;
  }

  /** How often the session reached Established. */
  public long timesEstablished() {
    return established;
  }

  /** Attempts that ended before Established. */
  public long failedAttempts() {
    return failedAttempts;
  }

  /** Why the last of these failed. */
  public Optional<String> lastFailedAttempt() {
    return Optional.ofNullable(lastFailedAttempt);
  }

  /** Events about connections that were already given up; harmless. */
  public long lateEvents() {
    return lateEvents;
  }

  /** Why the session last left Established; kept when it comes back. */
  public Optional<DownReason> lastDown() {
    return Optional.ofNullable(lastDown);
  }

  /** When the session last left Established, by the monotonic clock; only with a reason. */
  public long lastDownNanos() {
    return lastDownNanos;
  }

  /**
   * The last NOTIFICATION that was sent; kept when the session comes back. Those that only resolve
   * a collision (Cease/7) are counted among the messages and not remembered: they end no session.
   */
  public Optional<Notification> lastNotificationSent() {
    return Optional.ofNullable(lastSent);
  }

  /** The last NOTIFICATION that came, likewise. */
  public Optional<Notification> lastNotificationReceived() {
    return Optional.ofNullable(lastReceived);
  }

  /** Messages received, by type, for showing. */
  public Map<MessageType, Long> messagesIn() {
    return byType(in);
  }

  /** Messages written, by type, for showing. */
  public Map<MessageType, Long> messagesOut() {
    return byType(out);
  }

  /** Messages received, of any type. */
  public long messagesReceived() {
    return Arrays.stream(in).sum();
  }

  /** Messages written, of any type. */
  public long messagesSent() {
    return Arrays.stream(out).sum();
  }

  private static Map<MessageType, Long> byType(long[] counters) {
    Map<MessageType, Long> map = new EnumMap<>(MessageType.class);
    for (MessageType type : MessageType.values()) {
      map.put(type, counters[type.code()]);
    }
    return map;
  }
}
