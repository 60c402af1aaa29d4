package io.landfall.overlay.speaker;

import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.SessionState;
import io.landfall.core.HostAddress;
import io.landfall.overlay.RefusedView;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One service host for {@code show}.
 *
 * @param host its name
 * @param remoteAs its AS number, unsigned
 * @param state the state of its session
 * @param sinceNanos when it became Established, or left that state, monotonic
 * @param said what it says of each service that it says something of
 * @param counters what was counted since the start
 * @param rules how often each rule refused
 * @param recent the last refusals, newest last
 * @param lastDown why the last session ended; kept across reconnects
 * @param lastFailure why the last attempt failed
 */
public record SpeakerView(
    String host,
    long remoteAs,
    SessionState state,
    long sinceNanos,
    SortedMap<HostAddress, Said> said,
    Counters counters,
    List<RefusedView.RuleCount> rules,
    List<RefusedView.Entry> recent,
    Optional<DownReason> lastDown,
    Optional<String> lastFailure) {
  /** Copies the collections. */
  public SpeakerView {
    said = Collections.unmodifiableSortedMap(new TreeMap<>(said));
    rules = List.copyOf(rules);
    recent = List.copyOf(recent);
  }

  /**
   * What it says of a service.
   *
   * @param sinceNanos since when, monotonic
   */
  public record Said(HostWord word, long sinceNanos) {}

  /**
   * Counters that only grow.
   *
   * @param established how often the session was Established
   * @param announced prefixes of this session that it announced, refused ones not included
   * @param refused what was refused, over all rules
   * @param updatesSent UPDATE messages to it: its End-of-RIB markers
   */
  public record Counters(long established, long announced, long refused, long updatesSent) {}
}
