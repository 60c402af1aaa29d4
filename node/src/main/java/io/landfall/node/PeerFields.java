package io.landfall.node;

import io.landfall.admin.Fields;
import io.landfall.overlay.PeerDetail;
import io.landfall.overlay.PeerView;
import io.landfall.overlay.RefusedView;
import io.landfall.overlay.SessionDetail;
import io.landfall.overlay.servicehost.ServiceHostDetail;
import io.landfall.overlay.servicehost.ServiceHostView;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One peer with everything known of it, as a JSON object: a node, or a service host that speaks
 * BGP. On the control thread only.
 */
final class PeerFields {
  private final SessionFields session;

  /** Made for one node. */
  PeerFields(SessionFields session) {
    this.session = session;
  }

  /**
   * Who it is, and where.
   *
   * @param identity the identity of a node, the address of a service host
   * @param relation what it is to us
   */
  private record Who(String name, String identity, String relation, String endpoint) {}

  /** What it told and was told. */
  private record Told(
      PeerView.Counters counters,
      int accepted,
      boolean endOfRibReceived,
      boolean endOfRibSent,
      List<RefusedView.SubjectCount> subjects) {}

  Fields node(PeerDetail peer, String endpoint, Optional<Long> nextAttemptInMillis) {
    PeerView view = peer.view();
    return peer(
        new Who(
            view.info().name().value(),
            view.info().identity().toString(),
            view.info().relation().name().toLowerCase(Locale.ROOT),
            endpoint),
        peer.session(),
        view.sinceNanos(),
        new Told(
            view.counters(),
            view.acceptedPaths(),
            view.endOfRibReceived(),
            view.endOfRibSent(),
            peer.subjects()),
        nextAttemptInMillis);
  }

  /**
   * A service host: the same members, and what it says of each of its services.
   *
   * @param address its address, which is who it is
   * @param endpoint where it is reached
   */
  Fields host(ServiceHostDetail host, String address, String endpoint, List<Fields> services) {
    ServiceHostView view = host.view();
    return peer(
            new Who(view.host(), address, "service-host", endpoint),
            host.session(),
            view.sinceNanos(),
            new Told(
                host.counters(),
                view.advertised().size(),
                host.endOfRibReceived(),
                host.endOfRibSent(),
                RefusedFields.subjectsOf(view)),
            Optional.empty())
        .put("services", services);
  }

  private Fields peer(
      Who who,
      SessionDetail detail,
      long sinceNanos,
      Told told,
      Optional<Long> nextAttemptInMillis) {
    Fields fields =
        new Fields()
            .put("name", who.name())
            .put("identity", who.identity())
            .put("relation", who.relation());
    session.state(fields, detail, sinceNanos);
    fields.put("endpoint", who.endpoint());
    session.terms(fields, detail);
    fields
        .put("routes", routes(told, detail.prefixesHeld()))
        .put(
            "endOfRib",
            new Fields().put("received", told.endOfRibReceived()).put("sent", told.endOfRibSent()));
    session.past(fields, detail, told.subjects(), nextAttemptInMillis);
    return fields;
  }

  private static Fields routes(Told told, int held) {
    PeerView.Counters counters = told.counters();
    return new Fields()
        .put("held", held)
        .put("accepted", told.accepted())
        .put("refused", counters.refused())
        .put("updatesReceived", counters.updatesReceived())
        .put("announcementsReceived", counters.announcementsReceived())
        .put("withdrawalsReceived", counters.withdrawalsReceived())
        .put("announcementsSent", counters.announcementsSent())
        .put("withdrawalsSent", counters.withdrawalsSent());
  }
}
