package io.landfall.lab.internet;

import io.landfall.lab.Lab;
import io.landfall.lab.LabPlan;
import java.util.stream.Collectors;

/** What to try in a lab with an Internet, as commands that can be pasted. */
final class InternetTable {
  private final Lab lab;
  private final InternetNetwork network;
  private final LabPlan plan;

  InternetTable(Lab lab, InternetNetwork network) {
    this.lab = lab;
    this.network = network;
    this.plan = network.plan();
  }

  String text() {
    Namespaces names = network.namespaces();
    StringBuilder text = new StringBuilder("\n");
    for (LabPlan.Site site : plan.sites()) {
      String further =
          network.internet().nearest(site).stream()
              .skip(1)
              .map(LabPlan.Site::name)
              .collect(Collectors.joining(", "));
      text.append(
          "  %-8s AS%d, clients %-13s  node %-14s  next nearest: %s%n"
              .formatted(
                  site.name(),
                  site.routerAsn(),
                  InternetPlan.client(site),
                  InternetPlan.node(site),
                  further.isEmpty() ? "none" : further));
    }
    LabPlan.Site first = plan.sites().getFirst();
    LabPlan.Site last = plan.sites().getLast();
    String address = "http://" + InternetPlan.ANYCAST_ADDRESS + "/";
    text.append("\nTry, as root, in another terminal (every site is ")
        .append(InternetPlan.ANYCAST_ADDRESS)
        .append("; Via says who answered):\n");
    for (LabPlan.Site site : plan.sites()) {
      row(
          text,
          "a client near " + site.name(),
          "ip netns exec " + names.client(site) + " curl -si -H 'Host: shop.lab' " + address);
    }
    row(
        text,
        "the way it takes",
        "ip netns exec " + names.client(first) + " ip route get " + InternetPlan.ANYCAST_ADDRESS);
    String birdc = "birdc -s " + network.router(first).control().socket();
    row(text, "what the Internet knows", birdc + " show route " + LabPlan.ANYCAST + " all");
    row(text, "that it was told nothing", birdc + " show protocols all " + BirdText.SITE);
    String landfall = "./landfall --socket " + lab.layout().socket(first);
    row(text, "the overlay's table", landfall + " show routes");
    row(text, "the public side", landfall + " show ingress");
    row(text, "leave without a failure", landfall + " drain node     (and: undrain node)");
    row(text, "kill a site", "kill -9 " + lab.node(last.name()).pid() + "    # " + last.name());
    row(text, "start again what died", "type here: start " + last.name());
    return text.append("\nEverything is in ")
        .append(lab.layout().json())
        .append(". Ctrl-C ends the lab and leaves no process and no namespace behind.")
        .toString();
  }

  private static void row(StringBuilder text, String what, String command) {
    text.append("  %-26s %s%n".formatted(what, command));
  }
}
