package io.landfall.edge.tls;

import io.landfall.edge.TlsContexts;
import io.netty.handler.ssl.SslContext;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * The certificates of one listener that are in force. {@link #put} replaces all of them at once:
 * connections that are accepted from then on get the new ones, open ones keep theirs.
 */
public final class TlsStore implements TlsContexts {
  private static final String TLS_1_3 = "TLSv1.3";

  private final LongAdder tls12 = new LongAdder();
  private final LongAdder tls13 = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final ServerNames atStart;
  private volatile ServerNames inForce;
  private volatile Optional<TicketKeys> tickets = Optional.empty();

  /**
   * The handshakes of a listener since its start.
   *
   * @param tls12 those that succeeded with TLS 1.2
   * @param tls13 those that succeeded with TLS 1.3
   * @param failed those that failed
   */
  public record Handshakes(long tls12, long tls13, long failed) {}

  /** With the certificates of the start. */
  public TlsStore(ServerNames atStart) {
    this.atStart = atStart;
    inForce = atStart;
  }

  @Override
  public Optional<SslContext> choose(Offer offer) {
    return inForce.choose(offer);
  }

  @Override
  public void succeeded(String protocol) {
    (protocol.equals(TLS_1_3) ? tls13 : tls12).increment();
  }

  @Override
  public void failed() {
    failed.increment();
  }

  /** What has been counted. */
  public Handshakes handshakes() {
    return new Handshakes(tls12.sum(), tls13.sum(), failed.sum());
  }

  /** The certificates that it was made with. */
  public ServerNames atStart() {
    return atStart;
  }

  /** The certificates that are in force. */
  public ServerNames inForce() {
    return inForce;
  }

  /** The keys of tickets that are in force; empty before the first. */
  public Optional<TicketKeys> tickets() {
    return tickets;
  }

  /** Puts others in force; on any thread. */
  public synchronized void put(ServerNames names) {
    tickets.ifPresent(names::use);
    inForce = names;
  }

  /** Puts other keys of tickets in force; on any thread. */
  public synchronized void put(TicketKeys keys) {
    inForce.use(keys);
    tickets = Optional.of(keys);
  }
}
