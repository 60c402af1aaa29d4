package io.landfall.admin.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Plane one as {@code show ingress} has it.
 *
 * @param prefixes every configured prefix at every upstream
 * @param sessions every upstream
 * @param updatesSent UPDATE messages sent to all upstreams since the start
 * @param intent {@code advertise}, {@code drain}, or {@code withdraw} with the reason; {@code none}
 *     without an ingress
 * @param operator what operators asked of the node and is kept over restarts, such as {@code drain
 *     (kept in /etc/landfall/operator-fra.state)}; empty for nothing
 */
public record IngressStatus(
    List<PrefixState> prefixes,
    List<SessionState> sessions,
    long updatesSent,
    String intent,
    Optional<String> operator) {
  /** A node that announces nothing. */
  public static final IngressStatus NONE =
      new IngressStatus(List.of(), List.of(), 0, "none", Optional.empty());

  /** Copies the lists. */
  public IngressStatus {
    prefixes = List.copyOf(prefixes);
    sessions = List.copyOf(sessions);
  }

  /** The same with what operators asked for. */
  public IngressStatus with(Optional<String> operator) {
    return new IngressStatus(prefixes, sessions, updatesSent, intent, operator);
  }

  /**
   * One prefix at one upstream.
   *
   * @param prefix such as {@code 198.51.100.0/24}
   * @param upstream the router's address
   * @param state {@code announced}, {@code draining}, {@code withdrawn}, or {@code pending} before
   *     the session is established
   * @param since since when
   */
  public record PrefixState(String prefix, String upstream, String state, Instant since) {}

  /**
   * One session.
   *
   * @param upstream the router's address
   * @param asn its AS number
   * @param state the BGP state in lower case
   * @param since when the session was Established, or when it ended or the node started
   * @param lastReset why the last Established session ended; empty when none has
   * @param lastError why the last session or attempt ended; empty when none has
   */
  public record SessionState(
      String upstream,
      long asn,
      String state,
      Instant since,
      Optional<String> lastReset,
      Optional<String> lastError) {}
}
