package io.landfall.node;

import io.landfall.admin.Fields;
import io.landfall.admin.RefusalReason;
import io.landfall.overlay.PeerView;
import io.landfall.overlay.RefusedRoute;
import io.landfall.overlay.RefusedView;
import io.landfall.overlay.RefusedView.Entry;
import io.landfall.overlay.RefusedView.RuleCount;
import io.landfall.overlay.RefusedView.SubjectCount;
import io.landfall.overlay.servicehost.ServiceHostView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/** Everything refused of one peer, as a JSON object; on the control thread only. */
final class RefusedFields {
  private final LongFunction<Instant> wallTime;
  private final LongFunction<Double> secondsSince;

  /**
   * Made for one node.
   *
   * @param wallTime when a monotonic moment was
   * @param secondsSince how long ago it was
   */
  RefusedFields(LongFunction<Instant> wallTime, LongFunction<Double> secondsSince) {
    this.wallTime = wallTime;
    this.secondsSince = secondsSince;
  }

  /** Of a node; nothing may have been refused. */
  Fields node(PeerView view, Optional<RefusedView> refused) {
    return head(
            view.info().name().value(),
            view.info().identity().toString(),
            view.counters().refused())
        .put("rules", rules(refused.map(RefusedView::rules).orElse(List.of())))
        .put("subjects", subjects(refused.map(RefusedView::subjects).orElse(List.of())))
        .put("routes", routes(refused.map(RefusedView::routes).orElse(List.of())))
        .put("recent", recent(refused.map(RefusedView::recent).orElse(List.of())));
  }

  /**
   * Of a service host: the last example of each rule is kept, and its refused routes are not
   * followed, so that a host that leaks a table costs no memory.
   */
  Fields host(ServiceHostView view, String address) {
    List<RuleCount> rules = new ArrayList<>();
    List<Entry> recent = new ArrayList<>();
    for (ServiceHostView.Refused each : view.refused()) {
      rules.add(new RuleCount(each.rule(), each.count()));
      recent.add(new Entry(each.last(), each.rule(), each.lastNanos(), each.lastCount()));
    }
    recent.sort((a, b) -> Long.signum(a.lastNanos() - b.lastNanos()));
    return head(view.host(), address, view.counters().refused())
        .put("rules", rules(rules))
        .put("subjects", subjects(subjectsOf(view)))
        .put("routes", List.of())
        .put("recent", recent(recent));
  }

  /** What the rules that refused a service host's messages were about. */
  static List<SubjectCount> subjectsOf(ServiceHostView view) {
    return view.refused().stream().flatMap(rule -> rule.subjects().stream()).toList();
  }

  private static Fields head(String peer, String identity, long total) {
    return new Fields().put("peer", peer).put("identity", identity).put("total", total);
  }

  private static List<Fields> rules(List<RuleCount> rules) {
    List<Fields> rows = new ArrayList<>();
    for (RuleCount each : rules) {
      RefusalReason reason = RefusalReason.of(each.rule());
      rows.add(
          new Fields()
              .put("reason", reason.number())
              .put("rule", each.rule())
              .put("count", each.count())
              .put("meaning", reason.meaning()));
    }
    return rows;
  }

  /** Refused attributes and families, by rule. */
  static List<Fields> subjects(List<SubjectCount> subjects) {
    List<Fields> rows = new ArrayList<>();
    for (SubjectCount each : subjects) {
      rows.add(
          new Fields()
              .put("rule", each.rule())
              .put("subject", each.subject())
              .put("count", each.count()));
    }
    return rows;
  }

  private List<Fields> routes(List<RefusedRoute> routes) {
    List<Fields> rows = new ArrayList<>();
    for (RefusedRoute each : routes) {
      rows.add(
          new Fields()
              .put("prefix", each.prefix())
              .put("pathId", Integer.toUnsignedLong(each.pathId()))
              .put("reason", RefusalReason.of(each.rule()).number())
              .put("rule", each.rule())
              .put("ageSeconds", secondsSince.apply(each.nanos())));
    }
    return rows;
  }

  private List<Fields> recent(List<Entry> entries) {
    List<Fields> rows = new ArrayList<>();
    for (Entry each : entries) {
      rows.add(
          new Fields()
              .put("what", each.what())
              .put("reason", RefusalReason.of(each.rule()).number())
              .put("rule", each.rule())
              .put("count", each.count())
              .put("last", wallTime.apply(each.lastNanos()).toString()));
    }
    return rows;
  }
}
