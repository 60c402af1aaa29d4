package io.landfall.node;

import io.landfall.trust.FileResult;
import io.landfall.trust.OcspFile;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * The response of OCSP that is sent with a certificate, from the file beside it: its name and
 * {@code .ocsp}, as HAProxy has it.
 *
 * @param response DER; empty when none is sent
 * @param problem why the file is not sent; empty when it is, or is not there
 */
record Staple(Optional<byte[]> response, Optional<String> problem) {
  /** There is no file. */
  static final String NONE = "none";

  private static final String SENT = "stapled";

  /** Where the response for a certificate is looked for. */
  static Path fileOf(Path certificate) {
    return certificate.resolveSibling(certificate.getFileName() + ".ocsp");
  }

  /** Reads and verifies it. */
  static Staple read(Path certificate, List<X509Certificate> chain, long wallMillis) {
    Optional<FileResult<byte[]>> found = OcspFile.read(fileOf(certificate), chain, wallMillis);
    return switch (found.orElse(null)) {
      case FileResult.Good<byte[]>(byte[] response) ->
          new Staple(Optional.of(response), Optional.empty());
      case FileResult.Bad<byte[]> bad -> new Staple(Optional.empty(), Optional.of(bad.sentence()));
      case null -> new Staple(Optional.empty(), Optional.empty());
    };
  }

  /** In words, for {@code show tls}. */
  String state() {
    return problem.orElse(response.isPresent() ? SENT : NONE);
  }
}
