package io.landfall.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Collectors;

/** What a ready lab tells: lab.json to programs, a table of things to try to people. */
final class LabReport {
  private final Lab lab;
  private final LabPlan plan;
  private final LabLayout layout;

  LabReport(Lab lab) {
    this.lab = lab;
    this.plan = lab.plan();
    this.layout = lab.layout();
  }

  /** Writes lab.json in one step: a reader sees all of it or none. */
  void writeJson() throws IOException {
    Path temporary = layout.json().resolveSibling("lab.json.new");
    Files.writeString(temporary, json());
    Files.move(
        temporary,
        layout.json(),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private String json() {
    String sites = plan.sites().stream().map(this::site).collect(Collectors.joining(",\n"));
    String services =
        plan.services().stream().map(this::service).collect(Collectors.joining(",\n"));
    return "{\"sites\":[\n"
        + sites
        + "\n],\n\"services\":[\n"
        + services
        + "\n]"
        + lab.network().json()
        + "}\n";
  }

  private String site(LabPlan.Site site) {
    return "  {\"name\":%s,\"identity\":%s,\"http\":%s,\"https\":%s,\"socket\":%s,\"metrics\":%s,\"pid\":%d,\"config\":%s}"
        .formatted(
            JsonText.quote(site.name()),
            JsonText.quote(site.identity()),
            JsonText.quote("http://" + LabPlan.text(site.http())),
            JsonText.quote("https://" + LabPlan.text(site.https())),
            JsonText.quote(layout.socket(site).toString()),
            JsonText.quote("http://" + LabPlan.text(site.metrics()) + "/metrics"),
            lab.node(site.name()).pid(),
            JsonText.quote(layout.config(site).toString()));
  }

  private String service(LabPlan.Service service) {
    String backends =
        service.sites().stream()
            .map(
                name ->
                    "{\"site\":%s,\"url\":%s,\"pid\":%d}"
                        .formatted(
                            JsonText.quote(name),
                            JsonText.quote(SiteConfigText.url(plan, service, plan.site(name))),
                            lab.backend(service.name(), name).pid()))
            .collect(Collectors.joining(","));
    return "  {\"name\":%s,\"identity\":%s,\"host\":%s,\"backends\":[%s]}"
        .formatted(
            JsonText.quote(service.name()),
            JsonText.quote(service.identity()),
            JsonText.quote(service.host()),
            backends);
  }

  /** What to try, as commands that can be pasted. */
  String table() {
    LabPlan.Site first = plan.sites().getFirst();
    LabPlan.Site last = plan.sites().getLast();
    LabPlan.Service shop = plan.service("shop");
    LabPlan.Service media = plan.service("media");
    String shopSite = shop.sites().getFirst();
    StringBuilder text = new StringBuilder("\n");
    plan.sites().forEach(site -> text.append(line(site)));
    text.append("\nTry, in another terminal:\n");
    row(text, "served here", curl(first, shop));
    if (plan.sites().size() > 1) {
      row(
          text,
          "forwarded to " + media.sites().getFirst(),
          curl(last.equals(plan.site(media.sites().getFirst())) ? first : last, media));
    }
    row(
        text,
        "declined, no such service",
        "curl -si -H 'Host: unknown.lab' http://" + LabPlan.text(first.http()) + "/");
    row(
        text,
        "with TLS",
        "curl -s --cacert %s --resolve %s:%d:%s https://%s:%d/"
            .formatted(
                layout.ca(),
                shop.host(),
                first.https().getPort(),
                first.https().getAddress().getHostAddress(),
                shop.host(),
                first.https().getPort()));
    // As it was typed, when ./landfall started this.
    String landfall =
        System.getProperty("landfall.command", "landfall") + " --socket " + layout.socket(first);
    row(text, "the overlay's table at " + first.name(), landfall + " show routes");
    row(text, "why a request goes where", landfall + " explain http://" + media.host() + "/");
    row(text, "the public side", landfall + " show ingress");
    row(
        text,
        "kill a backend",
        "kill -9 " + lab.backend("shop", shopSite).pid() + "    # shop at " + shopSite);
    row(
        text,
        "kill a whole node",
        "kill -9 " + lab.node(last.name()).pid() + "    # " + last.name());
    row(
        text,
        "start again what died",
        "type here: start shop@" + shopSite + "   (or: start " + last.name() + ")");
    return text.append("\nEverything is in ")
        .append(layout.json())
        .append(". Ctrl-C ends the lab and leaves no process behind.")
        .toString();
  }

  private String line(LabPlan.Site site) {
    return "  %-10s http://%-17s  identity %s  hosts %s%n"
        .formatted(
            site.name(),
            LabPlan.text(site.http()),
            site.identity(),
            names(SiteConfigText.hostedAt(plan, site)));
  }

  private static String curl(LabPlan.Site at, LabPlan.Service service) {
    return "curl -si -H 'Host: " + service.host() + "' http://" + LabPlan.text(at.http()) + "/";
  }

  private static String names(List<LabPlan.Service> services) {
    return services.stream().map(LabPlan.Service::name).collect(Collectors.joining(", "));
  }

  private static void row(StringBuilder text, String what, String command) {
    text.append("  %-28s %s%n".formatted(what, command));
  }
}
