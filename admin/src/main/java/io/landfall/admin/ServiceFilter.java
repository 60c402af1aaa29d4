package io.landfall.admin;

import io.landfall.admin.model.ServiceStatus;
import io.landfall.core.Signal;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which services are wanted, and which places of them: as {@code show routes from PEER} has the
 * paths of one peer only, a site or a state leaves out the places that are others.
 *
 * @param name those with this name, in which * stands for any text; empty for all
 * @param site those at this site; empty for all
 * @param state those in this state; empty for all. Who advertises nothing is DOWN
 * @param whole whether services are left whole of which one place is wanted
 */
record ServiceFilter(
    Optional<String> name, Optional<String> site, Optional<Signal> state, boolean whole) {
  /** What this node's own site is called beside its name. */
  static final String HERE = "here";

  /** The character that stands for any text. */
  static final String ANY = "*";

  /**
   * What is wanted of all services.
   *
   * @param own the name of this node
   */
  List<ServiceStatus> of(List<ServiceStatus> all, String own) {
    Predicate<String> named = name.map(ServiceFilter::pattern).orElse(each -> true);
    return all.stream()
        .filter(each -> named.test(each.name()))
        .flatMap(each -> wanted(each, own).stream())
        .toList();
  }

  private static Predicate<String> pattern(String name) {
    return Pattern.compile(
            Arrays.stream(name.split(Pattern.quote(ANY), -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*")))
        .asMatchPredicate();
  }

  private Optional<ServiceStatus> wanted(ServiceStatus service, String own) {
    Optional<ServiceStatus.Local> local =
        service.local().filter(here -> isAt(HERE) || isAt(own)).filter(here -> is(here.signal()));
    List<ServiceStatus.Site> sites =
        service.sites().stream().filter(each -> isAt(each.node()) && is(each.signal())).toList();
    boolean isNowhere = service.local().isEmpty() && service.sites().isEmpty();
    if (local.isEmpty() && sites.isEmpty() && !(isNowhere && site.isEmpty() && is("DOWN"))) {
      return Optional.empty();
    }
    return Optional.of(
        whole
            ? service
            : new ServiceStatus(
                service.name(),
                service.identity(),
                service.hosts(),
                service.paths(),
                local,
                sites,
                service.held()));
  }

  private boolean isAt(String place) {
    return site.isEmpty() || site.get().equals(place);
  }

  private boolean is(String signal) {
    return state.isEmpty() || state.get().name().equals(signal);
  }
}
