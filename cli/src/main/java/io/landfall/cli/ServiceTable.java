package io.landfall.cli;

import io.landfall.admin.json.JsonReader;
import io.landfall.admin.model.ServiceStatus;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** {@code show services} as people read it: a row for each place of each service. */
final class ServiceTable {
  private final Table table =
      new Table("NAME", "IDENTITY", "HOSTS", "SITE", "SIGNAL", "TIER", "COST", "USABLE", "WHY");

  private ServiceTable() {}

  static void print(String json, PrintWriter out) {
    ServiceTable services = new ServiceTable();
    JsonReader.readAll(json, ServiceStatus.class).forEach(services::add);
    services.table.print(out, "no services");
  }

  private void add(ServiceStatus service) {
    boolean first = true;
    if (service.local().isPresent()) {
      ServiceStatus.Local local = service.local().get();
      String usable = local.signal().equals("DOWN") ? "no" : "yes";
      String why = maintained(service, why(local));
      row(service, true, "here", local.signal(), number(local.tier()), "-", usable, why);
      first = false;
    } else if (service.sites().isEmpty()) {
      String why = maintained(service, "no site advertises it");
      row(service, true, "-", "-", "-", "-", "no", why);
    }
    for (ServiceStatus.Site site : service.sites()) {
      row(
          service,
          first,
          site.node(),
          site.signal(),
          number(site.tier()),
          number(site.cost()),
          site.usable() ? "yes" : "no",
          first ? maintained(service, site.why()) : site.why());
      first = false;
    }
  }

  /** A service is named in its first row only. */
  private void row(ServiceStatus service, boolean first, String... place) {
    List<String> cells = new ArrayList<>();
    cells.add(first ? service.name() : "");
    cells.add(first ? service.identity() : "");
    cells.add(first ? String.join(",", service.hosts()) : "");
    cells.addAll(List.of(place));
    table.row(cells.toArray(String[]::new));
  }

  /** Whatever the sites of a service are, requests that land here are not served. */
  private static String maintained(ServiceStatus service, String why) {
    return service.maintenance().map(by -> "in maintenance " + by + "; " + why).orElse(why);
  }

  private static String number(long number) {
    return Long.toString(number);
  }

  private static String why(ServiceStatus.Local local) {
    List<String> parts = new ArrayList<>();
    parts.add(local.why());
    List<ServiceStatus.BackendState> backends = local.backends();
    if (!backends.isEmpty() && !local.why().endsWith("backends up")) {
      long healthy = backends.stream().filter(ServiceStatus.BackendState::healthy).count();
      parts.add(healthy + " of " + backends.size() + " backends healthy");
    }
    for (ServiceStatus.BackendState backend : backends) {
      if (backend.drained() || backend.weight() == 0) {
        parts.add(backend.url() + (backend.drained() ? ": drained" : ": weight 0"));
      }
      if (!backend.healthy() && backend.lastError().isPresent()) {
        parts.add(backend.url() + ": " + backend.lastError().get());
      }
      if (!backend.openCircuits().isEmpty()) {
        String addresses = String.join(", ", backend.openCircuits());
        parts.add(backend.url() + ": left out since its requests failed (" + addresses + ")");
      }
    }
    local.speakers().forEach(host -> parts.add(signalOf(host)));
    local
        .lease()
        .filter(lease -> lease.remainingMillis() > 0)
        .ifPresent(
            lease ->
                parts.add(
                    "lease: "
                        + Table.millis((double) lease.remainingMillis())
                        + " of "
                        + Table.millis((double) lease.ttlMillis())
                        + " left"));
    local.dampedUntil().ifPresent(end -> parts.add("changes held until " + Table.time(end)));
    return String.join("; ", parts);
  }

  private static String signalOf(ServiceStatus.HostState host) {
    String who = host.host() + " (" + host.session() + ")";
    if (host.says().isEmpty()) {
      return who + " says nothing";
    }
    return who
        + " says "
        + host.says().get()
        + " tier "
        + host.tier()
        + " by "
        + (host.med().isEmpty() ? "no MED" : "MED " + host.med().getAsLong())
        + " since "
        + Table.time(host.since());
  }
}
