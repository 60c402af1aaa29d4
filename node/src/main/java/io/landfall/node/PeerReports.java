package io.landfall.node;

import io.landfall.admin.model.PeerReport;
import io.landfall.overlay.PeerDetail;
import io.landfall.overlay.PeerView;
import io.landfall.overlay.RefusedView;
import io.landfall.overlay.SessionDetail;
import io.landfall.overlay.servicehost.ServiceHostDetail;
import io.landfall.overlay.servicehost.ServiceHostView;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One peer with everything known of it: a node, or a service host that speaks BGP. On the control
 * thread only.
 */
final class PeerReports {
  private final SessionReports sessions;
  private final HostRows hosts;

  /** Made for one node. */
  PeerReports(SessionReports sessions, HostRows hosts) {
    this.sessions = sessions;
    this.hosts = hosts;
  }

  /** What a peer sent and was sent. */
  private record Exchanged(
      PeerView.Counters counters,
      int accepted,
      PeerReport.EndOfRib endOfRib,
      List<RefusedView.SubjectCount> subjects) {}

  /**
   * What is known of a node beside its session.
   *
   * @param endpoint where the session ends; empty text without one
   * @param nextAttemptInMillis when it is dialled next
   * @param requestsTo where requests to it go; empty text when nowhere
   * @param duplicates others that have its identity
   */
  record Surroundings(
      String endpoint,
      OptionalLong nextAttemptInMillis,
      String requestsTo,
      List<PeerReport.Duplicate> duplicates) {}

  PeerReport node(PeerDetail peer, Surroundings around) {
    PeerView view = peer.view();
    return report(
        new PeerReport.Who(
            view.info().name().value(),
            view.info().identity().toString(),
            view.info().relation().name().toLowerCase(Locale.ROOT),
            around.endpoint()),
        peer.session(),
        view.sinceNanos(),
        new Exchanged(
            view.counters(),
            view.acceptedPaths(),
            new PeerReport.EndOfRib(view.endOfRibReceived(), view.endOfRibSent()),
            peer.subjects()),
        around,
        Optional.empty());
  }

  /** A service host: it takes no requests of this node's, and has no identity to be doubled. */
  PeerReport host(ServiceHostDetail host) {
    ServiceHostView view = host.view();
    return report(
        new PeerReport.Who(
            view.host(),
            hosts.addressOf(view.host()),
            "service-host",
            hosts.endpointOf(view.host())),
        host.session(),
        view.session().sinceNanos(),
        new Exchanged(
            host.counters(),
            view.advertised().size(),
            new PeerReport.EndOfRib(host.endOfRibReceived(), host.endOfRibSent()),
            RefusedRows.subjectsOf(view)),
        new Surroundings("", OptionalLong.empty(), "", List.of()),
        Optional.of(hosts.signals(host)));
  }

  private PeerReport report(
      PeerReport.Who who,
      SessionDetail session,
      long sinceNanos,
      Exchanged exchanged,
      Surroundings around,
      Optional<List<PeerReport.HostSignals>> services) {
    return new PeerReport(
        who,
        sessions.state(session, sinceNanos),
        sessions.terms(session),
        new PeerReport.Traffic(
            SessionReports.messages(session.stats()),
            routes(exchanged, session.prefixesHeld()),
            exchanged.endOfRib()),
        sessions.past(session, exchanged.subjects(), around.nextAttemptInMillis()),
        services,
        around.requestsTo(),
        around.duplicates());
  }

  private static PeerReport.Routes routes(Exchanged exchanged, int held) {
    PeerView.Counters counters = exchanged.counters();
    return new PeerReport.Routes(
        held,
        exchanged.accepted(),
        counters.refused(),
        counters.updatesReceived(),
        new PeerReport.Announcements(
            counters.received().announcements(), counters.sent().announcements()),
        new PeerReport.Withdrawals(
            counters.received().withdrawals(), counters.sent().withdrawals()));
  }
}
