package io.landfall.edge;

import io.landfall.core.InvariantBroken;
import io.landfall.core.ServiceName;
import io.landfall.core.SocketText;
import io.netty.util.AsciiString;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.OptionalLong;

/**
 * The cookie (RFC 6265) that names the backend which a client has had.
 *
 * @param name its name
 * @param ttlSeconds how long clients keep it (Max-Age); empty as long as their session
 */
public record StickyCookie(AsciiString name, OptionalLong ttlSeconds) {
  /** How long a value is: 96 bits. */
  public static final int VALUE_CHARS = 16;

  /**
   * The value that stands for a backend: a digest, so that it is the same after a restart and at
   * each node that has the backend, and does not show where the backend is.
   *
   * @param url as the config has it
   * @param address one of its addresses
   */
  public static AsciiString valueOf(ServiceName service, String url, InetSocketAddress address) {
    String text = service.value() + '\n' + url + '\n' + SocketText.of(address);
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
      return AsciiString.of(encoded.substring(0, VALUE_CHARS));
    } catch (NoSuchAlgorithmException e) {
      throw new InvariantBroken("every Java has SHA-256", e);
    }
  }
}
