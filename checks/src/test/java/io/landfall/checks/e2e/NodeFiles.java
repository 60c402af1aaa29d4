package io.landfall.checks.e2e;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.core.Block;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.trust.TrustDomain;
import java.io.IOException;
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
    CertificateAuthority ca = CertificateAuthority.generate("Test", System.currentTimeMillis());
    ca.save(folder.resolve("ca.pem"), folder.resolve("ca.key"));
    CertificateAuthority.save(
        ca.issue(
            CertificateRequest.node(
                new TrustDomain("landfall.test"),
                new NodeName("fra"),
                Block.parse("10.32.0.0/23").parseHost("10.32.0.1"),
                Arrays.stream(services).map(ServiceName::new).toList(),
                System.currentTimeMillis(),
                Duration.ofDays(1).toMillis())),
        folder.resolve("node.pem"),
        folder.resolve("node.key"));
  }
}
