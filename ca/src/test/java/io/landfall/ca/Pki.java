package io.landfall.ca;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.trust.AdmissionConfig;
import io.landfall.trust.TrustDomain;
import java.security.cert.X509Certificate;
import java.util.List;

/** A CA, a block and a clock for the tests of this room. */
final class Pki {
  static final long NOW = 1_795_000_000_000L;
  static final long DAY = 86_400_000L;
  static final TrustDomain DOMAIN = new TrustDomain("cdn.example");
  static final Block BLOCK = Block.parse("10.32.0.0/23");
  static final NodeName FRA = new NodeName("fra");
  static final NodeName NYC = new NodeName("nyc");
  static final ServiceName SHOP = new ServiceName("shop");

  /** Making keys takes time, so the tests share one CA. */
  static final CertificateAuthority CA = CertificateAuthority.generate("Landfall test CA", NOW);

  private Pki() {}

  static HostAddress host(String text) {
    return BLOCK.parseHost(text);
  }

  static CertificateRequest nyc() {
    return CertificateRequest.node(DOMAIN, NYC, host("10.32.0.2"), List.of(SHOP), NOW, DAY);
  }

  static AdmissionConfig config() {
    return new AdmissionConfig(DOMAIN, BLOCK, List.of(CA.certificate()), FRA, host("10.32.0.1"));
  }

  static List<X509Certificate> chain(CertificateRequest request) {
    return CA.issue(request).chain();
  }
}
