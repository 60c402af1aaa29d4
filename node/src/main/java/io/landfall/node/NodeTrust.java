package io.landfall.node;

import io.landfall.core.Clock;
import io.landfall.node.config.NodeConfig;
import io.landfall.node.link.OverlayPort;
import io.landfall.node.link.OverlayTls;
import io.landfall.node.link.PeerCheck;
import io.landfall.trust.Admission;
import io.landfall.trust.AdmissionResult;
import io.landfall.trust.Credentials;
import io.landfall.trust.FileResult;
import io.landfall.trust.LandfallTrustManager;
import io.landfall.trust.Pem;
import io.landfall.trust.Revocations;
import java.io.IOException;
import java.nio.file.Files;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * This node's own credentials and its rules for others, read from disk.
 *
 * @param admission the rules
 * @param tls the TLS contexts of the overlay port
 */
record NodeTrust(Admission admission, OverlayTls tls) {
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
              own.key(), own.chain(), new LandfallTrustManager(believed.admission(), clock)));
    } catch (SSLException e) {
      throw new StartFailed("trust", "TLS refuses this key and certificate: " + e.getMessage(), e);
    }
  }

  /**
   * What the files hold, before any TLS is set up.
   *
   * @param admission the rules for others
   * @param own this node's key and certificate, which the rules admit
   */
  record Believed(Admission admission, Credentials own) {}

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
    if (config.trust().revoked().isPresent()) {
      admission.revoke(readRevocations(config));
    }
    if (admission.checkOwn(own.chain(), wallMillis) instanceof AdmissionResult.Refused refused) {
      throw new StartFailed(
          "trust.certificate", config.trust().certificate() + ": " + refused.sentence());
    }
    return new Believed(admission, own);
  }

  /** The port on which others prove themselves by these rules; it is not bound yet. */
  OverlayPort port(ControlLoop control, OverlayPort.Handover handover) {
    return new OverlayPort(tls, new PeerCheck(admission, control), control, handover);
  }

  /**
   * Reads the list of revocations, which must be readable as a whole.
   *
   * @throws StartFailed naming the file and line
   */
  static Revocations readRevocations(NodeConfig config) throws StartFailed {
    java.nio.file.Path file = config.trust().revoked().orElseThrow();
    try {
      return value("trust.revoked", Revocations.parse(file.toString(), Files.readString(file)));
    } catch (IOException e) {
      throw new StartFailed("trust.revoked", file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static <T> T value(String key, FileResult<T> result) throws StartFailed {
    return switch (result) {
      case FileResult.Good<T>(T good) -> good;
      case FileResult.Bad<T> bad -> throw new StartFailed(key, bad.sentence());
    };
  }
}
