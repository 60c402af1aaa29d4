package io.landfall.transport.probe;

import io.landfall.core.FailureText;
import io.landfall.core.OwnLimit;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.Optional;

/** What went wrong with a connection, in the words of the system and not of a library. */
final class Reasons {
  /** Netty: "finishConnect(..) failed with error(-111): Connection refused: /127.0.0.1:80". */
  private static final String NATIVE = "failed with error(";

  /** OpenSSL: "error:1000042e:SSL routines:OPENSSL_internal:TLSV1_ALERT_PROTOCOL_VERSION". */
  private static final String OPENSSL = "error:";

  /** How deep causes are looked for: libraries wrap, and none so often. */
  private static final int MAX_CAUSES = 8;

  private Reasons() {}

  /**
   * What is wrong with a certificate, which TLS wraps in words without use; empty if nothing is.
   */
  private static Optional<String> ofCertificate(Throwable cause) {
    Throwable at = cause;
    boolean found = false;
    for (int depth = 0; depth < MAX_CAUSES && at.getCause() != null; depth++) {
      found |= at instanceof CertificateException;
      at = at.getCause();
    }
    return found || at instanceof CertificateException
        ? Optional.of("the certificate is not accepted: " + FailureText.of(at))
        : Optional.empty();
  }

  /** The verdict on a connection that failed like this. */
  static Verdict verdict(String where, Throwable cause) {
    String why = where + ": " + ofCertificate(cause).orElseGet(() -> of(cause));
    return OwnLimit.isReached(cause) ? Verdict.notRun(why) : Verdict.bad(why);
  }

  /** The reason without the address, which is known, and without the name of a call. */
  static String of(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null && !(root instanceof IOException)) {
      root = root.getCause();
    }
    String text = root.getMessage();
    if (text == null || text.isEmpty()) {
      return root.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
    if (text.startsWith(OPENSSL)) {
      return text.substring(text.lastIndexOf(':') + 1);
    }
    int call = text.indexOf(NATIVE);
    int after = call < 0 ? -1 : text.indexOf("): ", call);
    String reason = after < 0 ? text : text.substring(after + 3);
    int address = reason.indexOf(": /");
    return address < 0 ? reason : reason.substring(0, address);
  }
}
