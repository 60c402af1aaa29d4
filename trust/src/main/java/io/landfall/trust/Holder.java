package io.landfall.trust;

import io.landfall.core.Direction;
import java.util.Collection;
import java.util.Optional;

/**
 * Who holds an identity: a stream, by the certificate that it was opened with and the place that it
 * leads to.
 *
 * @param certificate what the certificate proved
 * @param at the remote end of the stream
 * @param direction which side opened it; the port of an outgoing one is listened on
 */
public record Holder(PeerIdentity certificate, Endpoint at, Direction direction) {
  /**
   * Whether another stream may be one of the same daemon: the same certificate, at the same
   * address. Two ports that were both dialled are two daemons.
   *
   * <p>A node that dials from an address other than the one it is dialled at looks like two. It is
   * named as such, since a thief of its key would look no different.
   */
  public boolean mayBeOneDaemonWith(Holder other) {
    return certificate.fingerprint().equals(other.certificate.fingerprint())
        && at.host().equals(other.at.host())
        && (!direction.isOutgoing()
            || !other.direction.isOutgoing()
            || at.port() == other.at.port());
  }

  /**
   * Of the streams that hold an identity the one that a newcomer is a duplicate of.
   *
   * @param live its session's stream, or all its streams while there is no session
   * @param established whether there is a session; without one the streams of one certificate
   *     collide as RFC 4271 section 6.8 has it, wherever they come from
   */
  public Optional<Holder> clashIn(Collection<Holder> live, boolean established) {
    return live.stream()
        .filter(each -> each.certificate.identity().equals(certificate.identity()))
        .filter(
            each ->
                established
                    ? !mayBeOneDaemonWith(each)
                    : !each.certificate.fingerprint().equals(certificate.fingerprint()))
        .findFirst();
  }

  /** Address, serial, fingerprint and name, for people. */
  public String text() {
    return at
        + " serial "
        + certificate.serial()
        + " sha256 "
        + certificate.fingerprint()
        + " name "
        + certificate.name();
  }
}
