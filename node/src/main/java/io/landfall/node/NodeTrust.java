package io.landfall.node;

import io.landfall.config.NodeConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.core.Clock;
import io.landfall.core.FailureText;
import io.landfall.transport.tls.OverlayPort;
import io.landfall.transport.tls.OverlayTls;
import io.landfall.transport.tls.PeerCheck;
import io.landfall.trust.Admission;
import io.landfall.trust.AdmissionResult;
import io.landfall.trust.AdmissionRule;
import io.landfall.trust.Credentials;
import io.landfall.trust.FileResult;
import io.landfall.trust.LandfallTrustManager;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Pem;
import io.landfall.trust.Revocations;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * This node's own credentials and its rules for others, read from disk.
 *
 * @param admission the rules
 * @param tls the TLS contexts of the overlay port
 * @param own this node's key and certificate, which are those of the start for as long as no others
 *     are written to their files
 * @param revoked the list of revocations as it was read; empty when the config names none
 */
record NodeTrust(
    Admission admission, OverlayTls tls, OwnCertificate own, Optional<RevocationFile> revoked) {
  private static final String REMEDY =
      "make a new key and certificate, as with 'landfall ca issue'";

  private static final String OWN_FIX = "name this node's own certificate and the key of it";

  private static final String CA_FIX = "name the file with the certificates of the nodes' CA";

  /**
   * Reads and checks everything that trust needs before anything starts.
   *
   * @return empty when there is a problem
   */
  static Optional<NodeTrust> load(NodeConfig config, Clock clock, Findings findings) {
    Optional<List<X509Certificate>> authorities =
        findings.value("trust.ca", Pem.readCertificates(config.trust().ca()), CA_FIX);
    FileResult<Credentials> files =
        Credentials.loadForTls(config.trust().certificate(), config.trust().key(), REMEDY);
    boolean isOfKey =
        files instanceof FileResult.Bad<Credentials> bad
            && bad.file().equals(config.trust().key().toString());
    Optional<Credentials> own =
        findings.value(isOfKey ? "trust.key" : "trust.certificate", files, OWN_FIX);
    Optional<RevocationFile> revoked = config.trust().revoked().map(RevocationFile::read);
    Optional<Revocations> list =
        revoked.flatMap(
            file -> findings.value("trust.revoked", file.result(), "mend the file, or empty it"));
    if (authorities.isEmpty() || own.isEmpty() || revoked.isPresent() != list.isPresent()) {
      return Optional.empty();
    }
    Admission admission;
    try {
      admission = new Admission(Translate.admission(config, authorities.get()));
    } catch (IllegalArgumentException e) {
      findings.problem("trust.ca", config.trust().ca() + ": " + FailureText.of(e), CA_FIX);
      return Optional.empty();
    }
    list.ifPresent(admission::revoke);
    return switch (admission.checkOwn(own.get().chain(), clock.wallMillis())) {
      case AdmissionResult.Refused refused -> {
        findings.problem(
            "trust.certificate",
            config.trust().certificate() + ": " + refused.sentence(),
            fixOf(refused.rule()));
        yield Optional.empty();
      }
      case AdmissionResult.Admitted(PeerIdentity self) -> {
        unnamed(config, self, findings);
        findings.warnIfItEndsSoon(
            "trust.certificate",
            config.trust().certificate().toString(),
            Instant.ofEpochMilli(self.notAfterMillis()),
            Instant.ofEpochMilli(clock.wallMillis()),
            REMEDY);
        yield withTls(
            () ->
                new OwnCertificate(
                    config.trust(),
                    admission,
                    new LandfallTrustManager(admission, clock),
                    own.get()),
            admission,
            revoked,
            findings);
      }
    };
  }

  /** What to do about this node's own certificate when the rule refuses it. */
  private static String fixOf(AdmissionRule rule) {
    return switch (rule) {
      case WRONG_CA -> "add that CA's certificate to trust.ca, or " + REMEDY;
      case WRONG_TRUST_DOMAIN -> "correct trust.domain, or " + OWN_FIX;
      case IDENTITY_OUTSIDE_BLOCK -> "correct overlay.block, or " + OWN_FIX;
      // These sentences end with what to do.
      case EXPIRED, NOT_YET_VALID -> "";
      case REVOKED -> "remove that entry from trust.revoked, or " + REMEDY;
      case NOT_OURS -> OWN_FIX;
      default -> REMEDY;
    };
  }

  private interface Made {
    OwnCertificate own() throws SSLException;
  }

  private static Optional<NodeTrust> withTls(
      Made made, Admission admission, Optional<RevocationFile> revoked, Findings findings) {
    try {
      OwnCertificate own = made.own();
      return Optional.of(new NodeTrust(admission, own.tls(), own, revoked));
    } catch (SSLException e) {
      findings.problem(
          "trust", "TLS refuses this key and certificate: " + FailureText.of(e), REMEDY);
      return Optional.empty();
    }
  }

  /** A service here that other nodes may refuse to take from this one. */
  private static void unnamed(NodeConfig config, PeerIdentity self, Findings findings) {
    for (ServiceConfig service : config.services()) {
      boolean named =
          self.entitledServices().contains(service.name())
              || config
                  .trust()
                  .entitlements()
                  .getOrDefault(config.name(), List.of())
                  .contains(service.name());
      if (service.isLocal() && !named) {
        findings.warn(
            "services." + service.name(),
            "this node's certificate does not name the service: other nodes refuse its route,"
                + " unless their trust.entitlements have it",
            "make a certificate that names it, as with 'landfall ca issue --service', or name it"
                + " in trust.entitlements of all nodes");
      }
    }
  }

  /** The port on which others prove themselves by these rules; it is not bound yet. */
  OverlayPort port(ControlLoop control, OverlayPort.Handover handover) {
    return new OverlayPort(tls, new PeerCheck(admission, control), control, handover);
  }

  /** Why the rules as they are now refuse this node's own certificate; empty when they do not. */
  Optional<String> ownRefusal(long wallMillis) {
    return admission.checkOwn(own.inForce().chain(), wallMillis)
            instanceof AdmissionResult.Refused refused
        ? Optional.of(refused.sentence())
        : Optional.empty();
  }
}
