package io.landfall.ingress;

import io.landfall.bgp.SessionState;
import io.landfall.core.Asn;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Plane one as {@code show ingress} shows it; a copy that does not change.
 *
 * @param intent what the public side is meant to advertise: advertise, drain, withdraw
 * @param prefixes one row per prefix and upstream, in the order of the configuration
 * @param updatesSent UPDATE messages with prefixes announced or withdrawn, to all upstreams since
 *     start
 * @param endOfRibSent End-of-RIB markers sent, counted apart
 * @param upstreams one row per upstream
 */
public record IngressView(
    String intent,
    List<PrefixRow> prefixes,
    long updatesSent,
    long endOfRibSent,
    List<UpstreamRow> upstreams) {
  /** Copies the lists. */
  public IngressView {
    prefixes = List.copyOf(prefixes);
    upstreams = List.copyOf(upstreams);
  }

  /** What an upstream has been sent of a prefix. */
  public enum State {
    /** Announced. */
    ANNOUNCED,
    /** Announced with GRACEFUL_SHUTDOWN; the withdrawal follows. */
    DRAINING,
    /** The session is up and the prefix is not announced on it. */
    WITHDRAWN,
    /** There is no session that could carry it. */
    DOWN;

    /** The label as it is shown, in lower case. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One prefix at one upstream.
   *
   * @param prefix the prefix as text
   * @param upstream the upstream's name
   * @param state what the upstream has been sent
   * @param sinceMillis since when, wall clock
   */
  public record PrefixRow(String prefix, String upstream, State state, long sinceMillis) {}

  /**
   * One upstream's session.
   *
   * @param name the upstream's name
   * @param remoteAs its AS number, unsigned
   * @param session the FSM's state
   * @param sinceMillis since when it has been Established or has not been, wall clock
   * @param updatesSent UPDATE messages with prefixes sent to it since start
   * @param refused what it sent and we dropped, by rule
   * @param lastReset why the last Established session ended; survives reconnects and attempts
   * @param lastError why the last session or attempt ended; survives reconnects
   */
  public record UpstreamRow(
      String name,
      Asn remoteAs,
      SessionState session,
      long sinceMillis,
      long updatesSent,
      Map<String, Long> refused,
      Optional<String> lastReset,
      Optional<String> lastError) {}
}
