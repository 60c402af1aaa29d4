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
 * @param clients whose certificates clients show; without it they are not asked for one
 * @param ordered those of the certificates that are ordered by ACME
 */
public record ListenTlsConfig(
    List<KeyPairFiles> certificates,
    UnknownName unknownName,
    Optional<Path> ticketKeys,
    Optional<Clients> clients,
    List<AcmeConfig.Ordered> ordered) {
  /** With certificates that are files of somebody else. */
  public ListenTlsConfig(
      List<KeyPairFiles> certificates,
      UnknownName unknownName,
      Optional<Path> ticketKeys,
      Optional<Clients> clients) {
    this(certificates, unknownName, ticketKeys, clients, List.of());
  }

  /** With certificates alone. */
  public ListenTlsConfig(List<KeyPairFiles> certificates) {
    this(certificates, UnknownName.DEFAULT, Optional.empty(), Optional.empty());
  }

  /** Copies the list. */
  public ListenTlsConfig {
    certificates = List.copyOf(certificates);
    ordered = List.copyOf(ordered);
  }

  /** What is ordered at those files; empty for files of somebody else. */
  public Optional<AcmeConfig.Ordered> orderedAt(KeyPairFiles files) {
    return ordered.stream().filter(each -> each.files().equals(files)).findFirst();
  }

  /**
   * Certificates of clients.
   *
   * @param authorities PEM file with the CAs that they must lead to
   * @param demand whether a client must have one
   */
  public record Clients(Path authorities, Demand demand) {}

  /** Whether a client must have a certificate. */
  public enum Demand {
    /** A client without one is refused in the handshake. */
    REQUIRED,
    /** A client may have one. */
    OPTIONAL
  }

  /** What a client gets that sends no name, or one that no certificate is for. */
  public enum UnknownName {
    /** The first certificate. */
    DEFAULT,
    /** The alert unrecognized_name (RFC 6066 section 3). */
    REFUSE
  }
}
