package io.landfall.edge.tls;

import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The keys of session tickets (RFC 5077, RFC 8446 section 4.6.1): the first encrypts, all decrypt.
 * Immutable.
 */
public final class TicketKeys {
  /** The most keys that are kept: a ticket is compared with the name of each. */
  public static final int MOST = 8;

  /** A key as it is kept: a name, a key of HMAC-SHA-256 and one of AES-128, 16 octets each. */
  public static final int BYTES = OpenSslSessionTicketKey.TICKET_KEY_SIZE;

  private static final int PART = OpenSslSessionTicketKey.NAME_SIZE;

  private final List<byte[]> keys;

  private TicketKeys(List<byte[]> keys) {
    this.keys = List.copyOf(keys);
  }

  /** Keys of {@link #BYTES} octets each, the one that encrypts first. */
  public static TicketKeys of(List<byte[]> keys) {
    if (keys.isEmpty() || keys.stream().anyMatch(key -> key.length != BYTES)) {
      throw new IllegalArgumentException("one key at least, of " + BYTES + " octets each");
    }
    return new TicketKeys(keys.stream().map(byte[]::clone).toList());
  }

  /** One random key. */
  public static TicketKeys random(SecureRandom random) {
    return new TicketKeys(List.of(key(random)));
  }

  /** A new random key before the one that encrypts now; older ones are forgotten. */
  public TicketKeys rotated(SecureRandom random) {
    return new TicketKeys(List.of(key(random), keys.getFirst()));
  }

  private static byte[] key(SecureRandom random) {
    byte[] key = new byte[BYTES];
    random.nextBytes(key);
    return key;
  }

  /** How many there are. */
  public int size() {
    return keys.size();
  }

  /** Whether the other has the same, in the same order. */
  public boolean isSame(TicketKeys other) {
    return Arrays.deepEquals(keys.toArray(), other.keys.toArray());
  }

  /** Hands them to a context; nothing happens where the TLS library takes none. */
  void applyTo(SslContext context) {
    if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
      List<OpenSslSessionTicketKey> all = new ArrayList<>();
      for (byte[] key : keys) {
        all.add(
            new OpenSslSessionTicketKey(
                Arrays.copyOfRange(key, 0, PART),
                Arrays.copyOfRange(key, PART, 2 * PART),
                Arrays.copyOfRange(key, 2 * PART, BYTES)));
      }
      sessions.setTicketKeys(all.toArray(new OpenSslSessionTicketKey[0]));
    }
  }
}
