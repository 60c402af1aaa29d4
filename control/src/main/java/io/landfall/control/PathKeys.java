package io.landfall.control;

import io.landfall.bfd.AuthenticationKey;
import io.landfall.bfd.AuthenticationType;
import io.landfall.bfd.BfdConfig;
import io.landfall.bfd.SessionKeys;
import io.landfall.bfd.SessionKeys.Freshness;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * From the keying material of a TLS session to one end of a BFD session: a key and a discriminator
 * for each direction. The material is bound to the handshake, and so to both certificates; a new
 * adjacency has a new handshake and so new keys.
 */
public final class PathKeys {
  /** The exporter's label (RFC 8446 section 7.5); it carries the version of this derivation. */
  public static final String LABEL = "EXPORTER-Landfall-BFD-1";

  /** How many bytes of it are needed. */
  public static final int BYTES = 2 * (AuthenticationKey.MAX_BYTES + Integer.BYTES);

  private static final int DIALER_KEY = 1;
  private static final int ACCEPTOR_KEY = 2;

  private PathKeys() {}

  /**
   * What this end needs.
   *
   * @param config our session
   * @param remoteDiscriminator by which the peer's first packets are found: they do not name ours
   */
  record OwnEnd(BfdConfig config, int remoteDiscriminator) {}

  /**
   * Our end.
   *
   * @param material {@value #BYTES} bytes, the same at both ends
   * @param dialed whether we opened the TLS session
   */
  static OwnEnd derive(byte[] material, boolean dialed, BfdConfig.Timing timing) {
    ByteBuffer in = ByteBuffer.wrap(material);
    AuthenticationKey dialer = key(DIALER_KEY, in);
    AuthenticationKey acceptor = key(ACCEPTOR_KEY, in);
    int dialerNumber = notZero(in.getInt());
    int acceptorNumber = notZero(in.getInt());
    SessionKeys keys =
        new SessionKeys(
            AuthenticationType.METICULOUS_KEYED_SHA1,
            dialed ? dialer : acceptor,
            dialed ? acceptor : dialer,
            Freshness.ONE_SESSION);
    return new OwnEnd(
        new BfdConfig(dialed ? dialerNumber : acceptorNumber, timing, Optional.of(keys)),
        dialed ? acceptorNumber : dialerNumber);
  }

  private static AuthenticationKey key(int id, ByteBuffer in) {
    byte[] bytes = new byte[AuthenticationKey.MAX_BYTES];
    in.get(bytes);
    return new AuthenticationKey(id, bytes);
  }

  private static int notZero(int discriminator) {
    return discriminator == 0 ? 1 : discriminator;
  }
}
