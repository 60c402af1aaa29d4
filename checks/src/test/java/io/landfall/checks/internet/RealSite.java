package io.landfall.checks.internet;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.cli.Main;
import io.landfall.core.Block;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.TestJvm;
import io.landfall.trust.TrustDomain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A real node, {@code landfall run}, in a namespace, steered and read as an operator does.
 *
 * <p>It hosts three services without data planes: their probes decide. {@code probed} is healthy
 * while a file exists; {@code told} and {@code leased} always are, and an operator says otherwise.
 */
final class RealSite {
  static final String ANYCAST = "198.51.100.0/24";
  static final String KEY = "swordfish";
  static final List<String> SERVICES = List.of("probed", "told", "leased");
  static final int OVERLAY_PORT = 8443;

  private static final String BLOCK = "10.32.0.0/23";
  private static final TrustDomain DOMAIN = new TrustDomain("separation.test");
  private static final Pattern UPDATES_SENT = Pattern.compile("\"updatesSent\"\\s*:\\s*(\\d+)");
  private static final Pattern SERVICE_ROUTE = Pattern.compile("\"kind\"\\s*:\\s*\"service\"");

  private final String name;
  private final int number;
  private final NetworkNamespace namespace;
  private final Path dir;
  private final ChildProcess process;

  private RealSite(
      String name, int number, NetworkNamespace namespace, Path dir, ChildProcess process) {
    this.name = name;
    this.number = number;
    this.namespace = namespace;
    this.dir = dir;
    this.process = process;
  }

  /**
   * Starts a node.
   *
   * @param number 1 for the first; its addresses follow from it
   * @param count how many sites there are
   */
  static RealSite start(
      String name, int number, int count, NetworkNamespace namespace, Path dir, Authority ca)
      throws IOException {
    ca.issue(name, number, dir);
    Files.writeString(dir.resolve(name + ".healthy"), "");
    Files.writeString(dir.resolve("router.key"), KEY + "\n");
    Path config = dir.resolve(name + ".yaml");
    Files.writeString(config, config(name, number, count, dir));
    List<String> command =
        new ArrayList<>(TestJvm.small(128, Main.class.getName(), "run", "-c", config.toString()));
    return new RealSite(name, number, namespace, dir, namespace.start(name, dir, command));
  }

  /** The CA of a lab. */
  record Authority(CertificateAuthority authority) {
    private static final long VALID_MILLIS = TimeUnit.DAYS.toMillis(1);

    /** A new one, whose certificate is in {@code dir/ca.pem}. */
    static Authority create(Path dir) throws IOException {
      CertificateAuthority authority =
          CertificateAuthority.generate("separation lab", System.currentTimeMillis());
      authority.save(dir.resolve("ca.pem"), dir.resolve("ca.key"));
      return new Authority(authority);
    }

    private void issue(String name, int number, Path dir) throws IOException {
      CertificateRequest request =
          CertificateRequest.node(
              DOMAIN,
              new NodeName(name),
              Block.parse(BLOCK).parseHost("10.32.0." + number),
              SERVICES.stream().map(ServiceName::new).toList(),
              System.currentTimeMillis(),
              VALID_MILLIS);
      CertificateAuthority.save(
          authority.issue(request), dir.resolve(name + ".pem"), dir.resolve(name + ".key"));
    }
  }

  /** Where other nodes reach the node of that number. */
  static String underlay(int number) {
    return "203.0.113." + number;
  }

  /** The node's address on the link to the router; one less is the router's. */
  static String uplink(int number) {
    return "192.0.2." + (4 * number + 2);
  }

  /** The router's address on the link to the node. */
  static String router(int number) {
    return "192.0.2." + (4 * number + 1);
  }

  private static String config(String name, int number, int count, Path dir) {
    List<String> others = new ArrayList<>();
    for (int other = 1; other <= count; other++) {
      if (other != number) {
        others.add("\"" + underlay(other) + ":" + OVERLAY_PORT + "\"");
      }
    }
    String services =
        SERVICES.stream()
            .map(
                service ->
                    """
                      %s:
                        identity: 10.32.1.%d
                        hosts: [%s.test]
                        backends: ["http://127.0.0.1:9000"]
                        probe: {exec: [%s], interval: 300ms, timeout: 250ms, fall: 1, rise: 1}
                    """
                        .formatted(
                            service,
                            10 + SERVICES.indexOf(service),
                            service,
                            service.equals("probed")
                                ? "/usr/bin/test, -e, \"" + dir.resolve(name + ".healthy") + "\""
                                : "/usr/bin/true"))
            .collect(Collectors.joining());
    return """
    node: {name: %s, identity: 10.32.0.%d}
    overlay:
      block: %s
      listen: "%s:%d"
      candidates: [%s]
    trust:
      domain: %s
      ca: "%s"
      certificate: "%s"
      key: "%s"
    ingress:
      prefixes: [%s]
      drain-wait: 1s
      start-delay: 0s
      upstreams:
        - address: %s
          asn: 64500
          local-asn: 64496
          local-address: %s
          role: customer
          password-file: "%s"
          ttl-security: true
    edge:
      listen: [{address: "198.51.100.1:80"}]
    admin: {socket: "%s", metrics: "127.0.0.1:9100"}
    services:
    """
            .formatted(
                name,
                number,
                BLOCK,
                underlay(number),
                OVERLAY_PORT,
                String.join(", ", others),
                DOMAIN,
                dir.resolve("ca.pem"),
                dir.resolve(name + ".pem"),
                dir.resolve(name + ".key"),
                ANYCAST,
                router(number),
                uplink(number),
                dir.resolve("router.key"),
                dir.resolve(name + ".sock"))
        + services;
  }

  String name() {
    return name;
  }

  int number() {
    return number;
  }

  NetworkNamespace namespace() {
    return namespace;
  }

  ChildProcess process() {
    return process;
  }

  /** Gives the node a command; what it said, whether or not it did it. */
  String tell(String... command) {
    List<String> arguments =
        new ArrayList<>(List.of("--socket", dir.resolve(name + ".sock").toString()));
    arguments.addAll(List.of(command));
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text);
    int exit = Main.run(writer, writer, arguments.toArray(String[]::new));
    writer.flush();
    return exit == 0 ? text.toString() : "exit " + exit + ": " + text;
  }

  /** Makes the probe of {@code probed} see a healthy service, or an unhealthy one. */
  void healthy(boolean healthy) throws IOException {
    Path file = dir.resolve(name + ".healthy");
    if (!healthy) {
      Files.deleteIfExists(file);
    } else if (!Files.exists(file)) {
      Files.writeString(file, "");
    }
  }

  /** The UPDATEs that plane one says it has sent; -1 when the node does not answer. */
  long updatesSent() {
    Matcher sent = UPDATES_SENT.matcher(tell("show", "ingress", "--json"));
    return sent.find() ? Long.parseLong(sent.group(1)) : -1;
  }

  /** The node's table. */
  String routes() {
    return tell("show", "routes", "--json");
  }

  /** Whether the table has a path to another node. */
  boolean reaches(RealSite other) {
    return routes().contains("\"nextHop\":\"10.32.0." + other.number + "\"");
  }

  /** How many services have a path. */
  long servicesOffered() {
    return SERVICE_ROUTE.matcher(routes()).results().count();
  }

  @Override
  public String toString() {
    return name + " in " + namespace + "\n" + process.output();
  }
}
