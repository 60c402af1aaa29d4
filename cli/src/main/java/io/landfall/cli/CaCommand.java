package io.landfall.cli;

import io.landfall.core.Addresses;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.trust.Credentials;
import io.landfall.trust.FileResult;
import io.landfall.trust.Fingerprints;
import io.landfall.trust.Pem;
import io.landfall.trust.TrustDomain;
import io.landfall.trust.ca.CertificateAuthority;
import io.landfall.trust.ca.CertificateRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code landfall ca ...}: a CA in two files, for a lab or a small overlay. */
@Command(
    name = "ca",
    description = {
      "Make certificates for nodes and sites: a CA in two files, ca.pem and ca.key.",
      "A large overlay brings a CA of its own (SPIRE, Vault, step-ca); nodes only see PEM files."
    },
    footer = {
      "",
      "Examples:",
      "  landfall ca init --dir ca --name 'Example CDN'",
      "  landfall ca issue --ca ca --domain cdn.example --node fra --identity 10.32.0.1 \\",
      "      --service shop,api --out fra",
      "  landfall ca issue-site --ca ca --host shop.example,media.example --out fra",
      "  landfall ca fingerprint fra/fra.pem"
    })
final class CaCommand implements Runnable {
  private static final long DAY_MILLIS = 24L * 3_600 * 1_000;
  private static final String CERTIFICATE = ".pem";
  private static final String KEY = ".key";

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  CaCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "What? init, issue, issue-site or fingerprint");
  }

  @Command(
      name = "init",
      description = "Make a new CA: DIR/ca.pem, for every node, and DIR/ca.key, to keep safe.",
      footer = {"", "Examples:", "  landfall ca init --dir ca --name 'Example CDN'"})
  int init(
      @Option(names = "--dir", required = true, paramLabel = "DIR", description = "Where.")
          Path folder,
      @Option(
              names = "--name",
              paramLabel = "NAME",
              defaultValue = "Landfall CA",
              description = "What people see as the issuer (default: ${DEFAULT-VALUE}).")
          String name)
      throws IOException {
    CertificateAuthority authority = CertificateAuthority.generate(name, now());
    Path certificate = folder.resolve("ca" + CERTIFICATE);
    Path key = folder.resolve("ca" + KEY);
    return write(folder, certificate, key, () -> authority.save(certificate, key));
  }

  @Command(
      name = "issue",
      description = "Make a node's certificate: OUT/NODE.pem and OUT/NODE.key.",
      footer = {
        "",
        "Examples:",
        "  landfall ca issue --ca ca --domain cdn.example --node fra --identity 10.32.0.1 --service"
            + " shop"
      })
  int issue(
      @Option(names = "--ca", required = true, paramLabel = "DIR", description = "The CA's folder.")
          Path ca,
      @Option(names = "--domain", required = true, description = "The trust domain.") String domain,
      @Option(names = "--node", required = true, paramLabel = "NAME", description = "Its name.")
          String node,
      @Option(names = "--identity", required = true, description = "Its address in the block.")
          String identity,
      @Option(
              names = "--service",
              split = ",",
              paramLabel = "NAME",
              description = "What it may originate.")
          List<String> services,
      @Option(names = "--days", defaultValue = "365", description = "Valid for (default: 365).")
          int days,
      @Option(names = "--out", defaultValue = ".", paramLabel = "OUT", description = "Where.")
          Path out)
      throws IOException {
    CertificateRequest request;
    try {
      List<String> names = services == null ? List.of() : services;
      request =
          CertificateRequest.node(
              new TrustDomain(domain),
              new NodeName(node),
              address(identity),
              names.stream().map(ServiceName::new).toList(),
              now(),
              validMillis(days));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    return issue(ca, request, out, node);
  }

  @Command(
      name = "issue-site",
      description = "Make a certificate for clients' TLS: OUT/NAME.pem and OUT/NAME.key.",
      footer = {
        "",
        "Examples:",
        "  landfall ca issue-site --ca ca --host shop.example,media.example"
      })
  int issueSite(
      @Option(names = "--ca", required = true, paramLabel = "DIR", description = "The CA's folder.")
          Path ca,
      @Option(
              names = "--host",
              required = true,
              split = ",",
              paramLabel = "HOST",
              description = "The hosts that clients ask for.")
          List<String> hosts,
      @Option(names = "--name", defaultValue = "site", description = "The files' name (site).")
          String name,
      @Option(names = "--days", defaultValue = "365", description = "Valid for (default: 365).")
          int days,
      @Option(names = "--out", defaultValue = ".", paramLabel = "OUT", description = "Where.")
          Path out)
      throws IOException {
    return issue(ca, CertificateRequest.site(hosts, now(), validMillis(days)), out, name);
  }

  @Command(
      name = "fingerprint",
      description = {
        "Print the lines by which the list of revocations (trust.revoked) can name a certificate:",
        "its key, and its serial number. Either one refuses it from then on."
      },
      footer = {"", "Examples:", "  landfall ca fingerprint fra/fra.pem"})
  int fingerprint(
      @Parameters(paramLabel = "FILE", description = "The certificate, in PEM.") Path file) {
    return switch (Pem.readCertificates(file)) {
      case FileResult.Bad<List<X509Certificate>> bad ->
          throw new CliFailure(ExitCode.NO, bad.sentence());
      case FileResult.Good<List<X509Certificate>>(List<X509Certificate> certificates) -> {
        X509Certificate first = certificates.getFirst();
        PrintWriter out = spec.commandLine().getOut();
        out.println("key " + Fingerprints.sha256(first.getPublicKey()));
        out.println("serial " + first.getSerialNumber().toString(16));
        yield ExitCode.OK;
      }
    };
  }

  private int issue(Path ca, CertificateRequest request, Path out, String name) throws IOException {
    return switch (CertificateAuthority.load(
        ca.resolve("ca" + CERTIFICATE), ca.resolve("ca" + KEY))) {
      case FileResult.Bad<CertificateAuthority> bad ->
          throw new CliFailure(ExitCode.NO, bad.sentence() + "; make a CA with 'landfall ca init'");
      case FileResult.Good<CertificateAuthority>(CertificateAuthority authority) -> {
        Credentials issued = authority.issue(request);
        Path certificate = out.resolve(name + CERTIFICATE);
        Path key = out.resolve(name + KEY);
        yield write(
            out, certificate, key, () -> CertificateAuthority.save(issued, certificate, key));
      }
    };
  }

  private interface Save {
    void run() throws IOException;
  }

  private int write(Path folder, Path certificate, Path key, Save save) throws IOException {
    try {
      Files.createDirectories(folder);
      save.run();
    } catch (FileAlreadyExistsException e) {
      throw new CliFailure(
          ExitCode.NO,
          e.getFile() + " is there already; nothing is overwritten: move it away first");
    }
    spec.commandLine().getOut().println("wrote " + certificate + " and " + key);
    return ExitCode.OK;
  }

  /** A certificate does not know the block, so the identity is the one host of its own. */
  private static HostAddress address(String text) {
    byte[] bytes =
        Addresses.parseLiteral(text)
            .orElseThrow(
                () ->
                    new IllegalArgumentException("'" + text + "' is not an IPv4 or IPv6 address"));
    return Block.of(bytes, bytes.length * 8).host(0);
  }

  private long validMillis(int days) {
    if (days < 1 || days > 3_650) {
      throw new ParameterException(spec.commandLine(), "--days must be from 1 to 3650");
    }
    return days * DAY_MILLIS;
  }

  private static long now() {
    return System.currentTimeMillis();
  }
}
