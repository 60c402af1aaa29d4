package io.landfall.node;

import io.landfall.core.FailureText;
import io.landfall.trust.OcspResponses;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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

  /** The largest file that is read, in bytes. */
  static final int MAX_FILE_BYTES = 1 << 16;

  private static final String SENT = "stapled";

  /** Where the response for a certificate is looked for. */
  static Path fileOf(Path certificate) {
    return certificate.resolveSibling(certificate.getFileName() + ".ocsp");
  }

  /** Reads and verifies it. */
  static Staple read(Path certificate, List<X509Certificate> chain, long wallMillis) {
    Path file = fileOf(certificate);
    byte[] response;
    if (TicketKeyFile.isPipe(file)) {
      return unusable(file, "it is not a regular file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      response = in.readNBytes(MAX_FILE_BYTES + 1);
    } catch (NoSuchFileException e) {
      return new Staple(Optional.empty(), Optional.empty());
    } catch (IOException e) {
      return unusable(file, "it cannot be read: " + FailureText.of(e));
    }
    if (response.length > MAX_FILE_BYTES) {
      return unusable(file, "it is larger than " + MAX_FILE_BYTES + " bytes");
    }
    return OcspResponses.unusable(response, chain, wallMillis)
        .map(why -> unusable(file, why))
        .orElseGet(() -> new Staple(Optional.of(response), Optional.empty()));
  }

  private static Staple unusable(Path file, String why) {
    return new Staple(Optional.empty(), Optional.of(file + ": " + why));
  }

  /** In words, for {@code show tls}. */
  String state() {
    return problem.orElse(response.isPresent() ? SENT : NONE);
  }
}
