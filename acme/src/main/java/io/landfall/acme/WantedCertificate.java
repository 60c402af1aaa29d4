package io.landfall.acme;

import java.nio.file.Path;
import java.util.List;

/**
 * A certificate that is kept issued.
 *
 * @param names its DNS names, in lower case
 * @param kind the kind of its key
 * @param file where its key and chain are written, in one file: they are replaced together
 */
public record WantedCertificate(List<String> names, CertificateKeys kind, Path file) {
  /** Copies the list. */
  public WantedCertificate {
    names = List.copyOf(names);
  }

  /** Where {@link OrderHistory} is kept. */
  Path historyFile() {
    return file.resolveSibling(file.getFileName() + ".orders");
  }
}
