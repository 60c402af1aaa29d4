package io.landfall.admin.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * TLS towards clients.
 *
 * @param versions the versions that are spoken
 * @param groups the groups of the key exchange that are offered
 * @param listeners the listeners with TLS, in the order of the config
 * @param orders the certificates that are ordered by ACME, in the order of the config
 */
public record TlsStatus(
    List<String> versions, List<String> groups, List<Listener> listeners, List<Ordered> orders) {
  /** Without ordered certificates. */
  public TlsStatus(List<String> versions, List<String> groups, List<Listener> listeners) {
    this(versions, groups, listeners, List.of());
  }

  /** Copies the lists. */
  public TlsStatus {
    versions = List.copyOf(versions);
    groups = List.copyOf(groups);
    listeners = List.copyOf(listeners);
    orders = List.copyOf(orders);
  }

  /**
   * One certificate that is ordered by ACME.
   *
   * @param file where it is kept
   * @param names its DNS names
   * @param isIssued whether there is one; until then clients get one that they refuse
   * @param next when the next order is due
   * @param issued how many orders this process has had a certificate of
   * @param failed how many have failed in this process
   * @param failures how many have failed since the last that did not
   * @param problem what the last one failed with; empty if it did not
   */
  public record Ordered(
      String file,
      List<String> names,
      boolean isIssued,
      Instant next,
      long issued,
      long failed,
      int failures,
      Optional<String> problem) {
    /** Copies the list. */
    public Ordered {
      names = List.copyOf(names);
    }
  }

  /**
   * One listener.
   *
   * @param address where it listens
   * @param problem why its files as they are now are not in force; empty when they are
   * @param changed when other certificates were put in force last; empty when those of the start
   *     are in force
   * @param handshakes its handshakes since the start
   * @param tickets the keys of its session tickets
   * @param clients whether clients must have a certificate: {@code required}, {@code optional},
   *     {@code none}
   * @param certificates what it shows, in the order of the config
   */
  public record Listener(
      String address,
      Optional<String> problem,
      Optional<Instant> changed,
      Handshakes handshakes,
      Tickets tickets,
      String clients,
      List<Certificate> certificates) {
    /** Copies the list. */
    public Listener {
      certificates = List.copyOf(certificates);
    }
  }

  /**
   * Handshakes by what became of them.
   *
   * @param tls12 those that succeeded with TLS 1.2
   * @param tls13 those that succeeded with TLS 1.3
   * @param failed those that failed
   */
  public record Handshakes(long tls12, long tls13, long failed) {}

  /**
   * The keys of session tickets.
   *
   * @param from {@code file}, or {@code random}
   * @param keys how many there are
   * @param since since when the first one encrypts, in this process
   */
  public record Tickets(String from, int keys, Instant since) {}

  /**
   * One certificate.
   *
   * @param file the file that it is read from
   * @param names its DNS names and addresses
   * @param key the kind of its key: {@code EC P-256}, {@code RSA 2048}
   * @param issuer the distinguished name of whoever issued it
   * @param notAfter when it ends
   * @param daysLeft whole days until then, below 0 when it has ended
   * @param ocsp {@code stapled}, {@code none} without a file, or why its file is not sent
   */
  public record Certificate(
      String file,
      List<String> names,
      String key,
      String issuer,
      Instant notAfter,
      long daysLeft,
      String ocsp) {
    /** Copies the list. */
    public Certificate {
      names = List.copyOf(names);
    }
  }
}
