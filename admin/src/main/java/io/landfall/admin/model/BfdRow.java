package io.landfall.admin.model;

import io.landfall.admin.json.Inline;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One BFD session as {@code show bfd} has it.
 *
 * @param peer the node's name, or the upstream's address
 * @param address where its packets go, as far as it is known
 * @param states how it stands
 * @param ends what is known of both ends
 * @param times the timers in use
 * @param authentication {@code none}, {@code keyed-sha1} or {@code meticulous-keyed-sha1}
 * @param counts what was counted
 * @param lastDown why it left Up last, with what was received; empty text when it never did
 */
public record BfdRow(
    String peer,
    String address,
    @Inline States states,
    @Inline Ends ends,
    @Inline Times times,
    String authentication,
    @Inline Counts counts,
    String lastDown) {
  /** In place of a peer, where datagrams belonged to no session. */
  public static final String NO_SESSION = "(no session)";

  /** Whether there is a session; else the row only has what was discarded without one. */
  public boolean isSession() {
    return !peer.equals(NO_SESSION);
  }

  /**
   * How a session stands.
   *
   * @param state our state, such as {@code up}
   * @param remoteState the state that the peer sent last
   * @param path what is known of the path: {@code unproved}, {@code alive} or {@code dead}
   * @param since when the state changed last
   */
  public record States(String state, String remoteState, String path, Instant since) {}

  /**
   * What is known of both ends.
   *
   * @param diagnostic why it left Up last, in words
   * @param localDiscriminator our number, such as {@code 0x0000002a}
   * @param remoteDiscriminator the peer's, zero when unknown
   */
  public record Ends(String diagnostic, String localDiscriminator, String remoteDiscriminator) {}

  /**
   * In milliseconds.
   *
   * @param transmitMillis how often we send, before jitter
   * @param receiveMillis how often the peer sends
   * @param detectionMillis after how long without a packet the path counts as dead; 0 before the
   *     first
   */
  public record Times(long transmitMillis, long receiveMillis, long detectionMillis) {}

  /**
   * Since the session was made.
   *
   * @param packetsSent packets
   * @param packetsReceived packets that were taken
   * @param ups how often it came Up
   * @param downs how often it left Up
   * @param discarded datagrams by rule, without zeros, in the order of the rules
   */
  public record Counts(
      long packetsSent, long packetsReceived, long ups, long downs, Map<String, Long> discarded) {
    /** Copies the map, in its order. */
    public Counts {
      discarded = Collections.unmodifiableMap(new LinkedHashMap<>(discarded));
    }

    /** Datagrams that were discarded, by whatever rule. */
    public long discardedByAnyRule() {
      return discarded.values().stream().mapToLong(Long::longValue).sum();
    }
  }
}
