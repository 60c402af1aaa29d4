package io.landfall.admin.model;

import io.landfall.admin.json.Inline;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All that the console shows of one node, read at one time. It has nothing of what clients asked
 * for: the console is also served over TCP, to any user of the machine.
 *
 * @param about which node it is
 * @param configuration the config in force
 * @param problems what {@code show status} reports, a sentence each
 * @param peers as {@code show peers}
 * @param services as {@code show services}
 * @param ingress as {@code show ingress}
 * @param bfd as {@code show bfd}
 * @param past what was refused, and what has changed
 */
public record ConsoleView(
    @Inline About about,
    ConfigurationStatus configuration,
    List<String> problems,
    List<PeerRow> peers,
    List<ServiceStatus> services,
    IngressStatus ingress,
    List<BfdRow> bfd,
    @Inline Past past) {
  /** Copies the lists. */
  public ConsoleView {
    problems = List.copyOf(problems);
    peers = List.copyOf(peers);
    services = List.copyOf(services);
    bfd = List.copyOf(bfd);
  }

  /**
   * Which node it is.
   *
   * @param node its name
   * @param identity its identity
   * @param version the version of Landfall
   * @param time when this was read
   */
  public record About(String node, String identity, String version, Instant time) {}

  /**
   * What has happened.
   *
   * @param refused as {@code show refused}
   * @param eventsSince since when events are kept; empty when they are not, since as many watch
   *     already as may
   * @param events the newest events of {@code monitor}, oldest first
   */
  public record Past(List<RefusedRow> refused, Optional<Instant> eventsSince, List<Event> events) {
    /** Copies the lists. */
    public Past {
      refused = List.copyOf(refused);
      events = List.copyOf(events);
    }
  }

  /**
   * One event, in the words of {@code monitor}.
   *
   * @param number 1 for the first that was kept, and one more for each
   * @param time when
   * @param type what kind of thing changed
   * @param what what it is about
   * @param change what became of it
   * @param cause the overlay's cause, or the rule
   * @param why for people
   */
  public record Event(
      long number,
      Instant time,
      String type,
      String what,
      String change,
      String cause,
      String why) {}
}
