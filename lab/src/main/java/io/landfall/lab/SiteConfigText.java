package io.landfall.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The config file of a lab's node, as a person would write it. It is an ordinary config: {@code
 * landfall check} takes it, and a node runs from it without the lab.
 */
final class SiteConfigText {
  /** The service that is cached, in a lab without an Internet. */
  static final String CACHED = "api";

  /** A cache is warm when it has stored so many responses. */
  static final int WARM_OBJECTS = 3;

  private static final String CACHE =
      "    cache: {default-ttl: 10m, warmth: {objects: " + WARM_OBJECTS + ", limit: 1h}}\n";

  private final LabPlan plan;
  private final LabLayout layout;

  SiteConfigText(LabPlan plan, LabLayout layout) {
    this.plan = plan;
    this.layout = layout;
  }

  /** The file's text. */
  String of(LabPlan.Site site) {
    String candidates =
        plan.sites().stream()
            .filter(other -> !other.equals(site))
            .map(other -> quote(LabPlan.text(other.overlay())))
            .collect(Collectors.joining(", "));
    StringBuilder yaml =
        new StringBuilder(
            """
            # Written by landfall lab for the site %s.
            node:
              name: %s
              identity: %s
            overlay:
              block: %s
              listen: %s
              candidates: [%s]
            """
                .formatted(
                    site.name(),
                    site.name(),
                    site.identity(),
                    LabPlan.BLOCK,
                    quote(LabPlan.text(site.overlay())),
                    candidates));
    yaml.append(trust(site)).append(ingress(site)).append(edge(site)).append("services:\n");
    plan.services().forEach(service -> yaml.append(service(service, site)));
    return yaml.append(admin(site)).toString();
  }

  private String trust(LabPlan.Site site) {
    return """
    trust:
      domain: %s
      ca: %s
      certificate: %s
      key: %s
    """
        .formatted(
            LabPlan.TRUST_DOMAIN,
            quote(layout.ca()),
            quote(layout.certificate(site)),
            quote(layout.key(site)));
  }

  private String ingress(LabPlan.Site site) {
    return """
    ingress:
      prefixes: [%s]
      drain-wait: 1s
      start-delay: 1s
      upstreams:
        - address: %s
          port: %d
          asn: %d
          local-asn: %d
          local-address: %s
          role: customer
    """
            .formatted(
                LabPlan.ANYCAST,
                site.router().getAddress().getHostAddress(),
                site.router().getPort(),
                site.routerAsn(),
                LabPlan.EDGE_ASN,
                site.overlay().getAddress().getHostAddress())
        + (site.addresses().guarded() ? guard(site) : "");
  }

  private String guard(LabPlan.Site site) {
    return """
              password-file: %s
              ttl-security: true
        """
        .formatted(quote(layout.routerKey(site)));
  }

  private String edge(LabPlan.Site site) {
    return """
    edge:
      listen:
        - address: %s
        - address: %s
          tls: {certificate: %s, key: %s}
    """
        .formatted(
            quote(LabPlan.text(site.http())),
            quote(LabPlan.text(site.https())),
            quote(layout.site()),
            quote(layout.siteKey()));
  }

  private String service(LabPlan.Service service, LabPlan.Site site) {
    String known =
        """
          %s:
            identity: %s
            hosts: [%s]
        """
            .formatted(service.name(), service.identity(), service.host());
    if (!service.sites().contains(site.name())) {
      return known;
    }
    String url = url(plan, service, site);
    // In the lab with an Internet each answer is to show which site it came from.
    boolean cached = service.name().equals(CACHED) && !site.addresses().guarded();
    return known
        + (cached ? CACHE : "")
        + """
            backends: [%s]
            probe: {http: /healthz, interval: 500ms, timeout: 300ms, fall: 2, rise: 2}
        """
            .formatted(quote(url));
  }

  private String admin(LabPlan.Site site) {
    return """
    admin:
      socket: %s
      metrics: %s
    """
        .formatted(quote(layout.socket(site)), quote(LabPlan.text(site.metrics())));
  }

  /** A backend's URL. */
  static String url(LabPlan plan, LabPlan.Service service, LabPlan.Site site) {
    return "http://" + LabPlan.text(plan.backend(service, site));
  }

  /** The names of the services that a site may originate. */
  static List<LabPlan.Service> hostedAt(LabPlan plan, LabPlan.Site site) {
    return plan.services().stream()
        .filter(service -> service.sites().contains(site.name()))
        .toList();
  }

  private static String quote(Path path) {
    return quote(path.toString());
  }

  /** A double-quoted YAML scalar, whose escapes are those of JSON. */
  private static String quote(String text) {
    return JsonText.quote(text);
  }
}
