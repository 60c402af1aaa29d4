package io.landfall.admin;

import io.landfall.admin.model.PeerReport;
import io.landfall.admin.model.RefusedReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** A peer with a value in every member. */
final class SampleReports {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00.123Z");

  static final PeerReport NYC =
      new PeerReport(
          new PeerReport.Who("nyc", "10.32.0.2", "mesh", "127.0.0.2:8443"),
          new PeerReport.State("established", NOON, 3.5, OptionalDouble.of(3.5)),
          new PeerReport.Terms(
              new PeerReport.Ends(64_512, 64_512, Optional.of("10.32.0.2"), "10.32.0.1"),
              new PeerReport.HoldTime(
                  9, OptionalLong.of(9), OptionalLong.of(9), OptionalLong.of(3), 18),
              new PeerReport.Capabilities(
                  List.of("route-refresh"), List.of("route-refresh"), List.of("route-refresh")),
              List.of("ipv4-unicast"),
              new PeerReport.AddPath(List.of(), List.of("ipv4-unicast")),
              OptionalLong.of(65_535)),
          new PeerReport.Traffic(
              new PeerReport.Messages(Map.of("open", 1L), Map.of("open", 2L)),
              new PeerReport.Routes(
                  3, 2, 1, 5, new PeerReport.Announcements(4, 6), new PeerReport.Withdrawals(7, 8)),
              new PeerReport.EndOfRib(true, false)),
          new PeerReport.Past(
              new PeerReport.Errors(
                  1,
                  2,
                  3,
                  List.of(new RefusedReport.Subject("unwanted-attribute", "AIGP (26)", 4))),
              new PeerReport.Attempts(3, 2, 1, Optional.of("refused")),
              OptionalLong.empty(),
              Optional.of(new PeerReport.Reset("peer", 6, 2, "Cease", NOON, 60)),
              Optional.empty(),
              Optional.of(new PeerReport.Notification(6, 2, "Cease", NOON, 60))),
          Optional.of(
              List.of(
                  new PeerReport.HostSignals(
                      "shop",
                      "10.32.1.10",
                      Optional.of("UP"),
                      OptionalLong.of(100),
                      OptionalLong.of(0),
                      Optional.of(NOON)))),
          "127.0.0.2:8443",
          List.of(
              new PeerReport.Duplicate(
                  "refused-here",
                  "10.32.0.2",
                  Optional.of(new PeerReport.Holder("nyc", "127.0.0.2:8443", "01", "ab")),
                  Optional.empty(),
                  2,
                  new PeerReport.Seen(NOON, NOON),
                  "two nodes")));

  private SampleReports() {}
}
