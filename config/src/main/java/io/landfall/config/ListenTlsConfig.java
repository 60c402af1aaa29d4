package io.landfall.config;

import io.landfall.config.EdgeConfig.KeyPairFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * TLS of one listener.
 *
 * @param certificates the certificates to choose from by SNI and by the client's kinds of key
 * @param unknownName what a client gets that sends no name, or one that no certificate is for
 * @param ticketKeys the file with the keys of session tickets; without it they are random
 */
public record ListenTlsConfig(
    List<KeyPairFiles> certificates, UnknownName unknownName, Optional<Path> ticketKeys) {
  /** With certificates alone. */
  public ListenTlsConfig(List<KeyPairFiles> certificates) {
    this(certificates, UnknownName.DEFAULT, Optional.empty());
  }

  /** Copies the list. */
  public ListenTlsConfig {
    certificates = List.copyOf(certificates);
  }

  /** What a client gets that sends no name, or one that no certificate is for. */
  public enum UnknownName {
    /** The first certificate. */
    DEFAULT,
    /** The alert unrecognized_name (RFC 6066 section 3). */
    REFUSE
  }
}
