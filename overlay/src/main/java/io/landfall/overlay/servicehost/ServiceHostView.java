package io.landfall.overlay.servicehost;

import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.SessionState;
import io.landfall.core.Asn;
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
 * @param remoteAs its AS number
 * @param session how its session stands
 * @param advertised what it advertises now, by service
 * @param counters what was counted since the start
 * @param refused what was refused, by rule
 */
public record ServiceHostView(
    String host,
    Asn remoteAs,
    SessionView session,
    SortedMap<HostAddress, HostAdvertised> advertised,
    Counters counters,
    List<Refused> refused) {
  /** Copies the collections. */
  public ServiceHostView {
    advertised = Collections.unmodifiableSortedMap(new TreeMap<>(advertised));
    refused = List.copyOf(refused);
  }

  /**
   * How its session stands.
   *
   * @param state the state of the session
   * @param sinceNanos when it became Established, or left that state, or was started; monotonic
   * @param lastDown why the last session ended; kept across reconnects
   * @param lastFailure why the last attempt failed
   */
  public record SessionView(
      SessionState state,
      long sinceNanos,
      Optional<DownReason> lastDown,
      Optional<String> lastFailure) {}

  /**
   * What it advertises of a service.
   *
   * @param sinceNanos since when, monotonic
   */
  public record HostAdvertised(HostSignal signal, long sinceNanos) {}

  /**
   * What one rule refused.
   *
   * @param count how often since the start
   * @param last what it refused last, for people
   * @param lastCount how often that one in a row
   * @param lastNanos when, monotonic
   * @param subjects the attributes and families that it was about, when it is about any
   */
  public record Refused(
      String rule,
      long count,
      String last,
      long lastCount,
      long lastNanos,
      List<RefusedView.SubjectCount> subjects) {
    /** Copies the list. */
    public Refused {
      subjects = List.copyOf(subjects);
    }
  }

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
