package io.landfall.checks.e2e;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.core.Block;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.trust.TrustDomain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/** The files of the one node, fra, that most tests of this package run. */
public final class NodeFiles {
  private NodeFiles() {}

  /**
   * Writes {@code ca.pem}, {@code ca.key}, {@code node.pem} and {@code node.key}: the identity
   * 10.32.0.1 of 10.32.0.0/23 in the trust domain landfall.test, for a day.
   */
  public static void write(Path folder, String... services) throws IOException {
    write(authority(folder), folder, "fra", "10.32.0.1", services);
    Files.move(folder.resolve("fra.pem"), folder.resolve("node.pem"));
    Files.move(folder.resolve("fra.key"), folder.resolve("node.key"));
  }

  /** An authority, whose {@code ca.pem} and {@code ca.key} are written. */
  static CertificateAuthority authority(Path folder) throws IOException {
    CertificateAuthority ca = CertificateAuthority.generate("Test", System.currentTimeMillis());
    ca.save(folder.resolve("ca.pem"), folder.resolve("ca.key"));
    return ca;
  }

  /** Writes {@code NAME.pem} and {@code NAME.key} of one node of that authority. */
  static void write(
      CertificateAuthority ca, Path folder, String name, String identity, String... services)
      throws IOException {
    CertificateAuthority.save(
        ca.issue(
            CertificateRequest.node(
                new TrustDomain("landfall.test"),
                new NodeName(name),
                Block.parse("10.32.0.0/23").parseHost(identity),
                Arrays.stream(services).map(ServiceName::new).toList(),
                System.currentTimeMillis(),
                Duration.ofDays(1).toMillis())),
        folder.resolve(name + ".pem"),
        folder.resolve(name + ".key"));
  }
}
