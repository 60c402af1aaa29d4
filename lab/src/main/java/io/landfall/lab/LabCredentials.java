package io.landfall.lab;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.core.Block;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.trust.TrustDomain;
import java.io.IOException;
import java.util.List;

/**
 * The lab's own CA, a certificate for each node, and one that clients see. They share a CA because
 * it is a lab; the clients' certificate has no node name, so the overlay would not admit it.
 */
final class LabCredentials {
  private static final long VALID_MILLIS = 30L * 24 * 3600 * 1000;

  private LabCredentials() {}

  /** Makes all of them new and writes them. */
  static void write(LabPlan plan, LabLayout layout, long wallMillis) throws IOException {
    CertificateAuthority authority = CertificateAuthority.generate("Landfall lab", wallMillis);
    authority.save(layout.ca(), layout.caKey());
    TrustDomain domain = new TrustDomain(LabPlan.TRUST_DOMAIN);
    Block block = Block.parse(LabPlan.BLOCK);
    for (LabPlan.Site site : plan.sites()) {
      List<ServiceName> services =
          SiteConfigText.hostedAt(plan, site).stream()
              .map(service -> new ServiceName(service.name()))
              .toList();
      CertificateRequest request =
          CertificateRequest.node(
              domain,
              new NodeName(site.name()),
              block.parseHost(site.identity()),
              services,
              wallMillis,
              VALID_MILLIS);
      CertificateAuthority.save(
          authority.issue(request), layout.certificate(site), layout.key(site));
    }
    List<String> hosts = plan.services().stream().map(LabPlan.Service::host).toList();
    CertificateAuthority.save(
        authority.issue(CertificateRequest.site(hosts, wallMillis, VALID_MILLIS)),
        layout.site(),
        layout.siteKey());
  }
}
