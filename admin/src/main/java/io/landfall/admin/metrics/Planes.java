package io.landfall.admin.metrics;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What there is of sessions, prefixes and certificates, and how long the control thread let a
 * question wait.
 *
 * @param upstreams whether the session with each upstream router is Established, by its address
 * @param prefixes each configured prefix at each upstream
 * @param peers whether the session with each node of the overlay is Established, by its name
 * @param certificates this node's own certificate, and the CAs that nodes are held to
 * @param waitSeconds how long this scrape waited until the control thread answered
 */
public record Planes(
    SortedMap<String, Boolean> upstreams,
    List<Prefix> prefixes,
    SortedMap<String, Boolean> peers,
    List<Certificate> certificates,
    double waitSeconds) {
  /** Nothing. */
  public static final Planes NONE =
      new Planes(new TreeMap<>(), List.of(), new TreeMap<>(), List.of(), 0);

  /** Copies the lists and maps. */
  public Planes {
    upstreams = Collections.unmodifiableSortedMap(new TreeMap<>(upstreams));
    prefixes = List.copyOf(prefixes);
    peers = Collections.unmodifiableSortedMap(new TreeMap<>(peers));
    certificates = List.copyOf(certificates);
  }

  /**
   * One prefix at one upstream.
   *
   * @param upstream the router's address
   * @param prefix such as {@code 198.51.100.0/24}
   * @param state one of {@link PlaneMetrics#PREFIX_STATES}
   */
  public record Prefix(String upstream, String prefix, String state) {}

  /**
   * A certificate of the overlay.
   *
   * @param kind {@code node} for this node's own, {@code ca} for one of those that others are held
   *     to
   * @param subject its subject, as RFC 2253 writes it
   * @param notAfter when it ends
   */
  public record Certificate(String kind, String subject, Instant notAfter) {}
}
