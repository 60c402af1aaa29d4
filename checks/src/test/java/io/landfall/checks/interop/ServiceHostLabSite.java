package io.landfall.checks.interop;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.cli.Main;
import io.landfall.core.Block;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import io.landfall.testkit.TestJvm;
import io.landfall.trust.TrustDomain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One {@code landfall run} in a namespace, read and steered as an operator does. */
public final class ServiceHostLabSite {
  private static final TrustDomain DOMAIN = new TrustDomain("speakers.test");
  private static final long VALID_MILLIS = TimeUnit.DAYS.toMillis(1);

  private final String name;
  private final Path dir;
  private final ChildProcess process;

  private ServiceHostLabSite(String name, Path dir, ChildProcess process) {
    this.name = name;
    this.dir = dir;
    this.process = process;
  }

  /** A CA for the sites of a folder. */
  public static CertificateAuthority authority(Path dir) throws IOException {
    CertificateAuthority ca =
        CertificateAuthority.generate("speaker lab", System.currentTimeMillis());
    ca.save(dir.resolve("ca.pem"), dir.resolve("ca.key"));
    return ca;
  }

  /** Makes the certificate and the key of a node, as NAME.pem and NAME.key. */
  public static void certify(
      Path dir, CertificateAuthority ca, String name, int number, List<String> services)
      throws IOException {
    CertificateRequest request =
        CertificateRequest.node(
            DOMAIN,
            new NodeName(name),
            Block.parse("10.32.0.0/23").parseHost("10.32.0." + number),
            services.stream().map(ServiceName::new).toList(),
            System.currentTimeMillis(),
            VALID_MILLIS);
    CertificateAuthority.save(
        ca.issue(request), dir.resolve(name + ".pem"), dir.resolve(name + ".key"));
  }

  /**
   * Starts a node.
   *
   * @param number 1 for the first: the last number of its identity and of its underlay address
   * @param services the services that its certificate entitles it to
   * @param more the rest of its config: its services and who speaks for them
   */
  public static ServiceHostLabSite start(
      NetworkNamespace namespace,
      Path dir,
      CertificateAuthority ca,
      int number,
      List<String> services,
      String more) {
    String name = number == 1 ? "fra" : "nyc";
    try {
      certify(dir, ca, name, number, services);
      String config =
          """
          node: {name: %s, identity: 10.32.0.%d}
          overlay:
            block: 10.32.0.0/23
            listen: "203.0.113.%d:8443"
            candidates: ["203.0.113.%d:8443"]
          trust: {domain: %s, ca: ca.pem, certificate: %s.pem, key: %s.key}
          edge: {listen: [{address: "203.0.113.%d:80"}]}
          admin: {socket: %s.sock}
          """
                  .formatted(name, number, number, 3 - number, DOMAIN, name, name, number, name)
              + more;
      Path file = Files.writeString(dir.resolve(name + ".yaml"), config);
      List<String> command = TestJvm.small(96, Main.class.getName(), "run", "-c", file.toString());
      return new ServiceHostLabSite(name, dir, namespace.start(name, dir, command));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives the node a command; what it said, whether or not it did it. */
  public String tell(String... command) {
    List<String> arguments =
        new ArrayList<>(List.of("--socket", dir.resolve(name + ".sock").toString()));
    arguments.addAll(List.of(command));
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text);
    int exit = Main.run(writer, writer, arguments.toArray(String[]::new));
    writer.flush();
    return exit == 0 ? text.toString() : "exit " + exit + ": " + text;
  }

  /** The service routes: address, next hop, signal and tier of each path. */
  public List<String> services() {
    return tell("show", "routes")
        .lines()
        .map(line -> line.strip().split("\\s{2,}"))
        .filter(columns -> columns.length > 7 && columns[1].equals("service"))
        .map(c -> c[0] + " via " + c[3].replace("*", "") + " " + c[7] + " tier " + c[5])
        .toList();
  }

  /** Waits until the service routes are exactly these. */
  public void awaitServices(String what, String... wanted) {
    Await.until(
        name + ": " + what,
        () -> services().equals(Stream.of(wanted).sorted().toList()),
        () ->
            tell("show", "routes")
                + tell("show", "services")
                + tell("show", "peers")
                + tell("show", "refused")
                + log());
  }

  /** What it wrote, for failures. */
  public String log() {
    return process.output();
  }
}
