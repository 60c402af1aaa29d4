package io.landfall.node;

import io.landfall.admin.model.RefusedReport;
import io.landfall.admin.model.RefusedRow;
import io.landfall.config.ServiceConfig;
import io.landfall.core.HostAddress;
import io.landfall.core.RefusalRule;
import io.landfall.overlay.ImportRule;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.PeerView;
import io.landfall.overlay.RefusedRoute;
import io.landfall.overlay.RefusedView;
import io.landfall.overlay.RefusedView.Entry;
import io.landfall.overlay.RefusedView.RuleCount;
import io.landfall.overlay.RefusedView.SubjectCount;
import io.landfall.overlay.servicehost.ServiceHostView;
import io.landfall.transport.tls.PortRefusals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What was refused: by peer and rule, and everything of one peer; on the control thread only. */
final class RefusedRows {
  private final Supplier<List<ServiceConfig>> services;
  private final Overlay overlay;
  private final Supplier<List<RefusedRow>> ingress;
  private final Supplier<List<PortRefusals.Row>> strangers;
  private final HostRows hosts;
  private final ControlTime time;

  /**
   * Made for one node.
   *
   * @param services the services of the config in force
   * @param ingress what upstream routers were refused
   * @param strangers who was turned away at the overlay port
   */
  RefusedRows(
      Supplier<List<ServiceConfig>> services,
      Overlay overlay,
      Supplier<List<RefusedRow>> ingress,
      Supplier<List<PortRefusals.Row>> strangers,
      HostRows hosts,
      ControlTime time) {
    this.services = services;
    this.overlay = overlay;
    this.ingress = ingress;
    this.strangers = strangers;
    this.hosts = hosts;
    this.time = time;
  }

  /** The rows of {@code show refused}: by node, upstream, stranger and service host. */
  List<RefusedRow> all() {
    List<RefusedRow> result = new ArrayList<>();
    for (RefusedView refused : overlay.refused()) {
      for (RefusedView.RuleCount rule : refused.rules()) {
        Optional<RefusedView.Entry> last =
            refused.recent().stream()
                .filter(entry -> entry.rule().equals(rule.rule()))
                .reduce((first, second) -> second);
        result.add(
            new RefusedRow(
                refused.peer().name().value(),
                rule.rule(),
                rule.count(),
                last.map(entry -> time.wallTimeOf(entry.lastNanos())),
                last.map(entry -> what(refused, entry)).orElse(""),
                RefusalRules.number(rule.rule()),
                subjects(refused, rule.rule())));
      }
    }
    result.addAll(ingress.get());
    for (PortRefusals.Row row : strangers.get()) {
      result.add(
          new RefusedRow(
              "(not admitted)",
              row.rule(),
              row.count(),
              Optional.of(Instant.ofEpochMilli(row.lastMillis())),
              row.what(),
              RefusalRules.number(row.rule()),
              List.of()));
    }
    result.addAll(hosts.refused());
    return result;
  }

  private String what(RefusedView refused, RefusedView.Entry entry) {
    return entry.rule().equals(ImportRule.NOT_ENTITLED.label())
        ? UnentitledRoute.described(services.get(), refused.peer(), entry.what())
        : entry.what();
  }

  private static List<RefusedRow.Subject> subjects(RefusedView refused, String rule) {
    return refused.subjects().stream()
        .filter(each -> each.rule().equals(rule))
        .map(each -> new RefusedRow.Subject(each.subject(), each.count()))
        .toList();
  }

  /** Of a node; nothing may have been refused. */
  RefusedReport node(PeerView view) {
    Optional<RefusedView> refused = of(view.info().identity());
    return new RefusedReport(
        view.info().name().value(),
        view.info().identity().toString(),
        view.counters().refused(),
        rules(refused.map(RefusedView::rules).orElse(List.of())),
        subjects(refused.map(RefusedView::subjects).orElse(List.of())),
        routes(refused.map(RefusedView::routes).orElse(List.of())),
        recent(refused.map(RefusedView::recent).orElse(List.of())));
  }

  /**
   * Of a service host: the last example of each rule is kept, and its refused routes are not
   * followed, so that a host that leaks a table costs no memory.
   */
  RefusedReport host(ServiceHostView view, String address) {
    List<RuleCount> rules = new ArrayList<>();
    List<Entry> recent = new ArrayList<>();
    for (ServiceHostView.Refused each : view.refused()) {
      rules.add(new RuleCount(each.rule(), each.count()));
      recent.add(new Entry(each.last(), each.rule(), each.lastNanos(), each.lastCount()));
    }
    recent.sort((a, b) -> Long.signum(a.lastNanos() - b.lastNanos()));
    return new RefusedReport(
        view.host(),
        address,
        view.counters().refused(),
        rules(rules),
        subjects(subjectsOf(view)),
        List.of(),
        recent(recent));
  }

  /** What the rules that refused a service host's messages were about. */
  static List<SubjectCount> subjectsOf(ServiceHostView view) {
    return view.refused().stream().flatMap(rule -> rule.subjects().stream()).toList();
  }

  private Optional<RefusedView> of(HostAddress identity) {
    return overlay.refused().stream()
        .filter(each -> each.peer().identity().equals(identity))
        .findFirst();
  }

  private static List<RefusedReport.Rule> rules(List<RuleCount> rules) {
    List<RefusedReport.Rule> rows = new ArrayList<>();
    for (RuleCount each : rules) {
      RefusalRule rule = RefusalRules.of(each.rule());
      rows.add(new RefusedReport.Rule(rule.number(), each.rule(), each.count(), rule.meaning()));
    }
    return rows;
  }

  /** Refused attributes and families, by rule. */
  static List<RefusedReport.Subject> subjects(List<SubjectCount> subjects) {
    return subjects.stream()
        .map(each -> new RefusedReport.Subject(each.rule(), each.subject(), each.count()))
        .toList();
  }

  private List<RefusedReport.Route> routes(List<RefusedRoute> routes) {
    List<RefusedReport.Route> rows = new ArrayList<>();
    for (RefusedRoute each : routes) {
      rows.add(
          new RefusedReport.Route(
              each.prefix(),
              Integer.toUnsignedLong(each.pathId()),
              RefusalRules.number(each.rule()),
              each.rule(),
              time.secondsSince(each.nanos())));
    }
    return rows;
  }

  private List<RefusedReport.Example> recent(List<Entry> entries) {
    List<RefusedReport.Example> rows = new ArrayList<>();
    for (Entry each : entries) {
      rows.add(
          new RefusedReport.Example(
              each.what(),
              RefusalRules.number(each.rule()),
              each.rule(),
              each.count(),
              time.wallTimeOf(each.lastNanos())));
    }
    return rows;
  }
}
