package io.landfall.lab.internet;

import io.landfall.lab.Lab;
import io.landfall.lab.LabFailure;
import io.landfall.lab.LabPlan;
import io.landfall.lab.TourLog;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The step of the tour that shows the safety property: services come and go at every site for some
 * seconds, and the Internet is told nothing. Both ends count: the routers what they received, the
 * nodes what they sent.
 */
final class FlapStep {
  private static final long FLAPPING_NANOS = TimeUnit.SECONDS.toNanos(6);
  private static final Pattern UPDATES_SENT = Pattern.compile("\"updatesSent\"\\s*:\\s*(\\d+)");

  private final InternetNetwork network;
  private final Lab lab;
  private final LabPlan plan;
  private final TourLog log;
  private final Steering steering;

  FlapStep(InternetNetwork network, Lab lab, TourLog log, Steering steering) {
    this.network = network;
    this.lab = lab;
    this.plan = lab.plan();
    this.log = log;
    this.steering = steering;
  }

  void run() throws IOException, LabFailure {
    log.step(
        "Services flap. Every service at every site is withdrawn and announced, again and again.");
    Map<String, Long> before = counters();
    long end = System.nanoTime() + FLAPPING_NANOS;
    int commands = 0;
    int emptied = 0;
    while (System.nanoTime() < end) {
      commands += steerAll(steering::withdraw);
      emptied += isOffered() ? 0 : 1;
      commands += steerAll(steering::announce);
    }
    Map<String, Long> after = counters();
    log.note(
        "%d commands; the overlay showed no service at all %d times".formatted(commands, emptied));
    log.check("the overlay followed", emptied > 0);
    for (Map.Entry<String, Long> counter : after.entrySet()) {
      long told = counter.getValue() - before.getOrDefault(counter.getKey(), 0L);
      log.check(counter.getKey() + ": " + told + " more than before", told == 0);
    }
  }

  private interface ServiceCommand {
    void to(LabPlan.Site site, LabPlan.Service service) throws LabFailure;
  }

  private int steerAll(ServiceCommand command) throws LabFailure {
    int given = 0;
    for (LabPlan.Service service : plan.services()) {
      for (String site : service.sites()) {
        command.to(plan.site(site), service);
        given++;
      }
    }
    return given;
  }

  /** Whether any service has a path in the last site's table. */
  private boolean isOffered() throws IOException {
    String routes = lab.tables().read(plan.sites().getLast(), "/v1/show/routes");
    return routes.contains("\"service\"") && routes.matches("(?s).*\"kind\"\\s*:\\s*\"service\".*");
  }

  private Map<String, Long> counters() throws IOException {
    Map<String, Long> all = new LinkedHashMap<>();
    for (LabPlan.Site site : plan.sites()) {
      Router router = network.router(site);
      all.put(
          "announcements and withdrawals that the router of " + site.name() + " received from it",
          router.updatesFrom(BirdText.SITE));
      List<LabPlan.Site> neighbours =
          network.internet().transits(site).stream().map(link -> link.far(site)).toList();
      long others = 0;
      for (LabPlan.Site far : neighbours) {
        others += router.updatesFrom(BirdText.towards(far));
      }
      all.put("and from the neighbours of the router of " + site.name(), others);
      Matcher sent = UPDATES_SENT.matcher(lab.tables().read(site, "/v1/show/ingress"));
      all.put(
          "UPDATEs that the node " + site.name() + " says it sent",
          sent.find() ? Long.parseLong(sent.group(1)) : -1L);
    }
    return all;
  }
}
