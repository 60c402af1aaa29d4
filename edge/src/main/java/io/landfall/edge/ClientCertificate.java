package io.landfall.edge;

import io.netty.util.AsciiString;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;

/**
 * The certificate with which a client has authenticated its connection. The listener that verified
 * it fires this as an event of the connection.
 *
 * @param field the value of Client-Cert (RFC 9440 section 2.1): DER as a Byte Sequence
 */
public record ClientCertificate(AsciiString field) {
  /**
   * The one of a session.
   *
   * @throws CertificateEncodingException when it has no encoding
   */
  public static ClientCertificate of(X509Certificate certificate)
      throws CertificateEncodingException {
    return new ClientCertificate(
        new AsciiString(':' + Base64.getEncoder().encodeToString(certificate.getEncoded()) + ':'));
  }
}
