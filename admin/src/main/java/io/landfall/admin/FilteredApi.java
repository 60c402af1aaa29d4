package io.landfall.admin;

import io.landfall.admin.model.DecisionView;
import io.landfall.admin.model.PeerRow;
import io.landfall.admin.model.ServiceStatus;
import io.landfall.core.Signal;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The views of which a part may be asked for: {@code
 * /v1/show/services?name=shop*&site=nyc&state=DOWN&whole=true} and {@code
 * /v1/show/decisions?service=shop&outcome=decline&reason=NO_SITE&status=5xx}. A value that there
 * cannot be is 400, a name of something that is not there 404, and both name what there is; a part
 * with nothing in it is an empty list.
 */
final class FilteredApi {
  private static final Set<String> OF_SERVICES = Set.of("name", "site", "state", "whole");
  private static final Set<String> OF_DECISIONS = Set.of("service", "outcome", "reason", "status");
  private static final List<String> OUTCOMES = List.of("serve", "forward", "decline");

  /** Names in a sentence that lists which there are. */
  private static final int MOST_NAMES = 30;

  private final AdminBackend backend;

  FilteredApi(AdminBackend backend) {
    this.backend = backend;
  }

  AdminAnswer services(Map<String, List<String>> query) {
    Optional<AdminAnswer> wrong = RoutingApi.unknown(query, OF_SERVICES);
    if (wrong.isPresent()) {
      return wrong.get();
    }
    List<ServiceStatus> all = backend.services();
    if (query.isEmpty()) {
      return AdminAnswer.json(all);
    }
    Optional<String> state =
        RoutingApi.one(query, "state").map(text -> text.toUpperCase(Locale.ROOT));
    List<String> states = Arrays.stream(Signal.values()).map(Signal::name).toList();
    if (state.isPresent() && !states.contains(state.get())) {
      return AdminAnswer.problem(400, isNo(state.get(), "state", states));
    }
    ServiceFilter filter =
        new ServiceFilter(
            RoutingApi.one(query, "name"),
            RoutingApi.one(query, "site"),
            state.map(Signal::valueOf),
            query.containsKey("whole"));
    return unknown(filter, all)
        .map(sentence -> AdminAnswer.problem(404, sentence))
        .orElseGet(() -> AdminAnswer.json(filter.of(all, backend.self().name())));
  }

  /** What a filter names that is not there, as a sentence. */
  private Optional<String> unknown(ServiceFilter filter, List<ServiceStatus> all) {
    Set<String> names = all.stream().map(ServiceStatus::name).collect(Collectors.toSet());
    if (filter.name().filter(each -> !each.contains(ServiceFilter.ANY)).isPresent()
        && !names.contains(filter.name().get())) {
      return Optional.of(isNo(filter.name().get(), "service", new TreeSet<>(names)));
    }
    if (filter.site().isEmpty() || filter.site().get().equals(ServiceFilter.HERE)) {
      return Optional.empty();
    }
    TreeSet<String> sites = new TreeSet<>();
    sites.add(backend.self().name());
    all.forEach(service -> service.sites().forEach(site -> sites.add(site.node())));
    // A node that advertises no service now is a site all the same.
    backend.peers().stream()
        .filter(peer -> peer.kind().equals(PeerRow.NODE))
        .forEach(peer -> peer.who().name().ifPresent(sites::add));
    return sites.contains(filter.site().get())
        ? Optional.empty()
        : Optional.of(isNo(filter.site().get(), "site", sites));
  }

  private static String isNo(String found, String what, Collection<String> known) {
    String names = known.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
    return "there is no "
        + what
        + " '"
        + found
        + "'; there are "
        + (known.isEmpty() ? "none" : names)
        + (known.size() > MOST_NAMES ? " and " + (known.size() - MOST_NAMES) + " more" : "");
  }

  /** Over TCP any local user reads: queries, which carry tokens and names, are cut off there. */
  AdminAnswer decisions(AdminRequest request) {
    Map<String, List<String>> query = request.query();
    Optional<AdminAnswer> wrong = RoutingApi.unknown(query, OF_DECISIONS);
    if (wrong.isPresent()) {
      return wrong.get();
    }
    Optional<String> outcome =
        RoutingApi.one(query, "outcome").map(text -> text.toLowerCase(Locale.ROOT));
    if (outcome.isPresent() && !OUTCOMES.contains(outcome.get())) {
      return AdminAnswer.problem(400, isNo(outcome.get(), "outcome", OUTCOMES));
    }
    Optional<String> status = RoutingApi.one(query, "status");
    Optional<StatusRange> range = status.map(StatusRange::of).orElse(Optional.of(StatusRange.ALL));
    if (range.isEmpty()) {
      return AdminAnswer.problem(400, StatusRange.wrong(status.orElse("")));
    }
    DecisionFilter filter =
        new DecisionFilter(
            RoutingApi.one(query, "service"),
            outcome,
            RoutingApi.one(query, "reason").map(text -> text.toUpperCase(Locale.ROOT)),
            range.get());
    boolean isLocal = request.caller() instanceof AdminRequest.Caller.Local;
    QueryResult<List<DecisionView>> result = backend.decisions(filter);
    return result instanceof QueryResult.Found<List<DecisionView>>(List<DecisionView> rows)
            && !isLocal
        ? AdminAnswer.json(rows.stream().map(DecisionView::withoutQuery).toList())
        : RoutingApi.answer(result);
  }
}
