package io.landfall.transport.probe;

import io.netty.handler.ssl.SslHandler;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How one backend is probed.
 *
 * @param check what is tried
 * @param host where, a name or an address literal without brackets; a name is resolved for each
 *     connection
 * @param port where, 1 to 65535
 * @param timeoutMillis the whole time that one probe may take
 * @param preface what each connection begins with, in front of TLS; empty for nothing
 */
public record ProbePlan(
    Check check, String host, int port, long timeoutMillis, Optional<byte[]> preface) {
  /** One whose connections begin with nothing but what is asked. */
  public ProbePlan(Check check, String host, int port, long timeoutMillis) {
    this(check, host, port, timeoutMillis, Optional.empty());
  }

  /** What is tried. */
  public sealed interface Check {}

  /**
   * A connection that must be accepted, and with TLS its handshake completed.
   *
   * @param tls how, when the connection is TLS
   */
  public record Tcp(Optional<Tls> tls) implements Check {}

  /**
   * A GET over HTTP/1.1 (RFC 9112).
   *
   * @param path the path and query
   * @param hostField the value of the Host field
   * @param leastStatus the lowest status that is a success
   * @param mostStatus the highest status that is a success
   * @param requestsPerConnection how many probes one connection may carry, one after the other, if
   *     the backend allows it; 1 makes a new one for each
   * @param tls how, when the connection is TLS
   */
  public record Http(
      String path,
      String hostField,
      int leastStatus,
      int mostStatus,
      int requestsPerConnection,
      Optional<Tls> tls)
      implements Check {}

  /**
   * A command that must end with status 0.
   *
   * @param argv the program and its arguments; no shell reads them
   */
  public record Exec(List<String> argv) implements Check {
    /** Copies the list. */
    public Exec {
      argv = List.copyOf(argv);
    }
  }

  /** TLS to a backend. */
  public sealed interface Tls {}

  /**
   * TLS of the probe's own.
   *
   * @param authorities a PEM file with the certificates that the backend's must lead to; without it
   *     the certificate is not looked at
   * @param serverName the name that the certificate must have, and that is sent as SNI when it is
   *     no address
   */
  public record OwnTls(Optional<Path> authorities, String serverName) implements Tls {}

  /**
   * TLS as it is spoken there by others.
   *
   * @param handlers gives a handler for each new connection, on any thread
   */
  public record SharedTls(Supplier<SslHandler> handlers) implements Tls {}

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
