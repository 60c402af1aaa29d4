package io.landfall.node;

import io.landfall.config.NodeConfig;
import io.landfall.core.Clock;
import io.landfall.transport.tls.OverlayPort;
import io.landfall.transport.tls.OverlayTls;
import io.landfall.transport.tls.PeerCheck;
import io.landfall.trust.Admission;
import io.landfall.trust.AdmissionResult;
import io.landfall.trust.Credentials;
import io.landfall.trust.FileResult;
import io.landfall.trust.LandfallTrustManager;
import io.landfall.trust.Pem;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * This node's own credentials and its rules for others, read from disk.
 *
 * @param admission the rules
 * @param tls the TLS contexts of the overlay port
 * @param own this node's key and certificate
 * @param revoked the list of revocations as it was read; empty when the config names none
 */
record NodeTrust(
    Admission admission, OverlayTls tls, Credentials own, Optional<RevocationFile> revoked) {
  private static final String REMEDY =
      "make a new key and certificate, as with 'landfall ca issue'";

  /**
   * Reads and checks everything that trust needs before anything starts.
   *
   * @throws StartFailed naming the file and what is wrong with it
   */
  static NodeTrust load(NodeConfig config, Clock clock) throws StartFailed {
    Believed believed = believed(config, clock.wallMillis());
    Credentials own = believed.own();
    try {
      return new NodeTrust(
          believed.admission(),
          new OverlayTls(
              own.key(), own.chain(), new LandfallTrustManager(believed.admission(), clock)),
          own,
          believed.revoked());
    } catch (SSLException e) {
      throw new StartFailed("trust", "TLS refuses this key and certificate: " + e.getMessage(), e);
    }
  }

  /**
   * What the files hold, before any TLS is set up.
   *
   * @param admission the rules for others
   * @param own this node's key and certificate, which the rules admit
   * @param revoked the list of revocations; empty when the config names none
   */
  record Believed(Admission admission, Credentials own, Optional<RevocationFile> revoked) {}

  /**
   * Reads and checks the files; {@code landfall check} asks the same.
   *
   * @param wallMillis the time at which they have to hold, milliseconds since 1970
   * @throws StartFailed naming the file and what is wrong with it
   */
  static Believed believed(NodeConfig config, long wallMillis) throws StartFailed {
    List<X509Certificate> authorities =
        value("trust.ca", Pem.readCertificates(config.trust().ca()));
    FileResult<Credentials> files =
        Credentials.loadForTls(config.trust().certificate(), config.trust().key(), REMEDY);
    Credentials own =
        value(
            files instanceof FileResult.Bad<Credentials> bad
                    && bad.file().equals(config.trust().key().toString())
                ? "trust.key"
                : "trust.certificate",
            files);
    Admission admission;
    try {
      admission = new Admission(Translate.admission(config, authorities));
    } catch (IllegalArgumentException e) {
      throw new StartFailed("trust", String.valueOf(e.getMessage()), e);
    }
    Optional<RevocationFile> revoked = config.trust().revoked().map(RevocationFile::read);
    if (revoked.isPresent()) {
      admission.revoke(value("trust.revoked", revoked.get().result()));
    }
    if (admission.checkOwn(own.chain(), wallMillis) instanceof AdmissionResult.Refused refused) {
      throw new StartFailed(
          "trust.certificate", config.trust().certificate() + ": " + refused.sentence());
    }
    return new Believed(admission, own, revoked);
  }

  /** The port on which others prove themselves by these rules; it is not bound yet. */
  OverlayPort port(ControlLoop control, OverlayPort.Handover handover) {
    return new OverlayPort(tls, new PeerCheck(admission, control), control, handover);
  }

  /** Why the rules as they are now refuse this node's own certificate; empty when they do not. */
  Optional<String> ownRefusal(long wallMillis) {
    return admission.checkOwn(own.chain(), wallMillis) instanceof AdmissionResult.Refused refused
        ? Optional.of(refused.sentence())
        : Optional.empty();
  }

  private static <T> T value(String key, FileResult<T> result) throws StartFailed {
    return switch (result) {
      case FileResult.Good<T>(T good) -> good;
      case FileResult.Bad<T> bad -> throw new StartFailed(key, bad.sentence());
    };
  }
}
