package io.landfall.cli;

import io.landfall.admin.json.JsonReader;
import io.landfall.admin.model.ServiceStatus;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * {@code show services --all-sites}: a row for each service, a column for each site that advertises
 * any. As JSON it is what {@code show services} has, which names the sites of each service.
 *
 * @param query which services
 */
record ServiceMatrix(QueryText query) implements Read {
  /** A service that a site does not advertise. */
  private static final String ABSENT = "-";

  /** All services. */
  ServiceMatrix() {
    this(new QueryText());
  }

  /** Services of which one place is what is asked for, with all their places. */
  static ServiceMatrix of(QueryText query) {
    return new ServiceMatrix(query.isEmpty() ? query : query.with("whole", "true"));
  }

  @Override
  public int run(AdminClient client, boolean json, PrintWriter out) {
    String path = query.of("/v1/show/services");
    String body = query.isEmpty() ? client.get(path) : client.look(path);
    if (json) {
      out.print(body);
    } else {
      print(JsonReader.readAll(body, ServiceStatus.class), out);
    }
    out.flush();
    return ExitCode.OK;
  }

  private void print(List<ServiceStatus> services, PrintWriter out) {
    SortedSet<String> sites = new TreeSet<>();
    services.forEach(service -> service.sites().forEach(site -> sites.add(site.node())));
    List<String> heading = new ArrayList<>(List.of("NAME", "HERE"));
    heading.addAll(sites);
    Table table = new Table(heading.toArray(String[]::new));
    for (ServiceStatus service : services) {
      Map<String, String> cells = cells(service);
      List<String> row = new ArrayList<>();
      row.add(service.name());
      row.add(here(service));
      sites.forEach(site -> row.add(cells.getOrDefault(site, ABSENT)));
      table.row(row.toArray(String[]::new));
    }
    table.print(out, query.isEmpty() ? "no services" : "no services match");
  }

  /** What is advertised here, and whether requests that land here are answered with 503. */
  private static String here(ServiceStatus service) {
    return service.local().map(local -> cell(local.signal(), local.tier(), true)).orElse(ABSENT)
        + (service.maintenance().isPresent() ? " (maintenance)" : "");
  }

  /** By site; two nodes of one name are both there. */
  private static Map<String, String> cells(ServiceStatus service) {
    return service.sites().stream()
        .collect(
            Collectors.toMap(
                ServiceStatus.Site::node,
                site -> cell(site.signal(), site.tier(), site.usable()),
                (one, other) -> one + ", " + other,
                TreeMap::new));
  }

  private static String cell(String signal, long tier, boolean usable) {
    return signal + (tier == 0 ? "" : " tier " + tier) + (usable ? "" : " (unusable)");
  }
}
