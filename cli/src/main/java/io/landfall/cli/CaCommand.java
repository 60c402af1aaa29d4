package io.landfall.cli;

import io.landfall.admin.json.JsonObject;
import io.landfall.admin.json.JsonWriter;
import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.core.Addresses;
import io.landfall.core.Block;
import io.landfall.core.FailureText;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.trust.Admission;
import io.landfall.trust.Credentials;
import io.landfall.trust.FileResult;
import io.landfall.trust.Fingerprints;
import io.landfall.trust.Pem;
import io.landfall.trust.TrustDomain;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
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
      "  landfall ca issue --ca ca --domain cdn.example --node fra \\",
      "      --identity 10.32.0.1 --service shop,api --out fra",
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
        spec.commandLine(), "Make what? init, issue, issue-site or fingerprint");
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
    CertificateAuthority authority;
    try {
      authority = CertificateAuthority.generate(name, now());
    } catch (IllegalArgumentException e) {
      throw wrong("init", e);
    }
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
        "  landfall ca issue --ca ca --domain cdn.example --node fra \\",
        "      --identity 10.32.0.1 --service shop --out fra"
      })
  int issue(
      @Option(names = "--ca", required = true, paramLabel = "DIR", description = "The CA's folder.")
          Path ca,
      @Option(
              names = "--domain",
              required = true,
              paramLabel = "DOMAIN",
              description = "The trust domain (trust.domain).")
          String domain,
      @Option(names = "--node", required = true, paramLabel = "NAME", description = "Its name.")
          String node,
      @Option(
              names = "--identity",
              required = true,
              paramLabel = "ADDRESS",
              description = "Its address in the block.")
          String identity,
      @Option(
              names = "--service",
              split = ",",
              paramLabel = "NAME",
              description = "What it may originate.")
          List<String> services,
      @Option(
              names = "--days",
              defaultValue = "365",
              paramLabel = "DAYS",
              description = "Valid for, 1 to 3650 (default: 365).")
          int days,
      @Option(
              names = "--out",
              defaultValue = ".",
              paramLabel = "OUT",
              description = "The folder for both files (default: this one).")
          Path out)
      throws IOException {
    CertificateRequest request;
    try {
      List<String> names = services == null ? List.of() : services;
      if (names.size() > Admission.MAX_SERVICES) {
        throw new IllegalArgumentException(
            names.size()
                + " services in one certificate: no node admits more than "
                + Admission.MAX_SERVICES
                + "; name the others under trust.entitlements of the configs");
      }
      request =
          CertificateRequest.node(
              new TrustDomain(domain),
              new NodeName(node),
              address(identity),
              names.stream().map(ServiceName::new).toList(),
              now(),
              validMillis(days, "issue"));
    } catch (IllegalArgumentException e) {
      throw wrong("issue", e);
    }
    return issue(ca, request, out, node);
  }

  @Command(
      name = "issue-site",
      description = "Make a certificate for clients' TLS: OUT/NAME.pem and OUT/NAME.key.",
      footer = {
        "",
        "Examples:",
        "  landfall ca issue-site --ca ca --host shop.example,media.example",
        "  landfall ca issue-site --ca ca --host 192.0.2.1,2001:db8::1"
      })
  int issueSite(
      @Option(names = "--ca", required = true, paramLabel = "DIR", description = "The CA's folder.")
          Path ca,
      @Option(
              names = "--host",
              required = true,
              split = ",",
              paramLabel = "HOST",
              description = "The hosts that clients ask for: names and addresses.")
          List<String> hosts,
      @Option(
              names = "--name",
              defaultValue = "site",
              paramLabel = "NAME",
              description = "The files' name (default: site).")
          String name,
      @Option(
              names = "--days",
              defaultValue = "365",
              paramLabel = "DAYS",
              description = "Valid for, 1 to 3650 (default: 365).")
          int days,
      @Option(
              names = "--out",
              defaultValue = ".",
              paramLabel = "OUT",
              description = "The folder for both files (default: this one).")
          Path out)
      throws IOException {
    long validMillis = validMillis(days, "issue-site");
    try {
      return issue(ca, CertificateRequest.site(hosts, now(), validMillis), out, name);
    } catch (IllegalArgumentException e) {
      throw wrong("issue-site", e);
    }
  }

  @Command(
      name = "fingerprint",
      description = {
        "Print a certificate's key and serial number, as lines of the list of revocations.",
        "Either line in trust.revoked refuses a node's certificate. Of a CA's only",
        "the key is printed: it refuses all that the CA has issued."
      },
      footer = {"", "Examples:", "  landfall ca fingerprint fra/fra.pem"})
  int fingerprint(
      @Parameters(paramLabel = "FILE", description = "The certificate, in PEM.") Path file) {
    return switch (Pem.readCertificates(file)) {
      case FileResult.Bad<List<X509Certificate>> bad ->
          throw new CliFailure(ExitCode.NO, bad.sentence());
      case FileResult.Good<List<X509Certificate>>(List<X509Certificate> certificates) -> {
        X509Certificate first = certificates.getFirst();
        String key = Fingerprints.sha256(first.getPublicKey());
        // A serial number on the list is that of a node's certificate, never of a CA's.
        Optional<String> serial =
            first.getBasicConstraints() < 0
                ? Optional.of(first.getSerialNumber().toString(16))
                : Optional.empty();
        print(
            "key " + key + serial.map(hex -> System.lineSeparator() + "serial " + hex).orElse(""),
            new JsonObject().put("key", key).put("serial", serial));
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
    print(
        "wrote " + certificate + " and " + key,
        new JsonObject().put("certificate", certificate.toString()).put("key", key.toString()));
    return ExitCode.OK;
  }

  private void print(String sentence, JsonObject answer) {
    PrintWriter out = spec.commandLine().getOut();
    if (Landfall.of(spec).json()) {
      out.print(JsonWriter.text(answer));
    } else {
      out.println(sentence);
    }
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

  private long validMillis(int days, String command) {
    if (days < 1 || days > 3_650) {
      throw wrong(command, new IllegalArgumentException("--days must be from 1 to 3650"));
    }
    return days * DAY_MILLIS;
  }

  /** A wrong argument of one of these commands, which then shows its own usage. */
  private ParameterException wrong(String command, IllegalArgumentException why) {
    return new ParameterException(
        spec.commandLine().getSubcommands().get(command), FailureText.of(why), why);
  }

  private static long now() {
    return System.currentTimeMillis();
  }
}
