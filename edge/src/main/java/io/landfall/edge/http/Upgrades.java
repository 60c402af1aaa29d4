package io.landfall.edge.http;

import io.landfall.core.InvariantBroken;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Requests to switch protocols (RFC 9110 section 7.8). Behind the gate they have one form, that of
 * HTTP/1.1: a GET with {@code Connection: upgrade}, Upgrade, and for WebSocket a key (RFC 6455
 * section 4.1). What comes as extended CONNECT (RFC 8441) is put into it.
 */
public final class Upgrades {
  /** What a Connection field has that names Upgrade, in either direction. */
  public static final AsciiString UPGRADE = AsciiString.cached("upgrade");

  /** The protocol that has a key, and an answer that proves that the key was read. */
  public static final AsciiString WEBSOCKET = AsciiString.cached("websocket");

  /** What is hashed behind a key (RFC 6455 section 1.3). */
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private static final int KEY_BYTES = 16;

  private Upgrades() {}

  /** Whether a request may ask for anything of the kind; most do not. */
  public static boolean isCandidate(RequestHead request) {
    return request.fields().has(FieldNames.UPGRADE);
  }

  /**
   * The first of the allowed protocols that a request asks for, or null: then it is an ordinary
   * request, and its Upgrade field is dropped, which a recipient may do.
   *
   * @param allowed the protocols that may be switched to, in lower case
   */
  public static @Nullable AsciiString asked(RequestHead request, List<AsciiString> allowed) {
    FieldLines fields = request.fields();
    if (!request.version11()
        || !request.method().equals(Method.GET)
        || !request.framing().isEmpty()
        || !lists(fields, FieldNames.CONNECTION, UPGRADE)) {
      return null;
    }
    for (AsciiString protocol : allowed) {
      if (lists(fields, FieldNames.UPGRADE, protocol)
          && (!protocol.equals(WEBSOCKET) || only(fields, FieldNames.SEC_WEBSOCKET_KEY) != null)) {
        return protocol;
      }
    }
    return null;
  }

  /**
   * Whether the request came as extended CONNECT, and so cannot be answered as if it had not asked:
   * over HTTP/2 no request has an Upgrade field of its own (RFC 9113 section 8.2.2).
   */
  public static boolean isExtendedConnect(RequestHead request) {
    return request.version() == HttpVersion.HTTP_2 && isCandidate(request);
  }

  /**
   * Whether a response with 101 switches to the protocol that was asked for, and to no other. For
   * WebSocket it has to prove that the backend has read the key: else what only looks like an
   * acceptance would open a tunnel to a backend that goes on to read requests.
   */
  public static boolean isAcceptance(RequestHead request, AsciiString asked, FieldLines response) {
    AsciiString upgrade = only(response, FieldNames.UPGRADE);
    if (upgrade == null
        || !upgrade.contentEqualsIgnoreCase(asked)
        || !lists(response, FieldNames.CONNECTION, UPGRADE)) {
      return false;
    }
    if (!asked.equals(WEBSOCKET)) {
      return true;
    }
    AsciiString key = only(request.fields(), FieldNames.SEC_WEBSOCKET_KEY);
    AsciiString accept = only(response, FieldNames.SEC_WEBSOCKET_ACCEPT);
    return key != null && accept != null && accept.contentEquals(acceptOf(key));
  }

  /** The answer to a key (RFC 6455 section 4.2.2). */
  public static String acceptOf(CharSequence key) {
    try {
      byte[] hashed =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(hashed);
    } catch (NoSuchAlgorithmException e) {
      throw new InvariantBroken("every Java platform has SHA-1", e);
    }
  }

  /** A key for a handshake that this node begins (RFC 6455 section 4.1); it is no secret. */
  public static AsciiString newKey() {
    byte[] nonce = new byte[KEY_BYTES];
    ThreadLocalRandom.current().nextBytes(nonce);
    return AsciiString.of(Base64.getEncoder().encodeToString(nonce));
  }

  private static boolean lists(FieldLines fields, AsciiString name, AsciiString token) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.name(i).equals(name) && Tokens.contains(fields.value(i), token)) {
        return true;
      }
    }
    return false;
  }

  /** The value of the one line of that name; null if there is none, or more than one. */
  private static @Nullable AsciiString only(FieldLines fields, AsciiString name) {
    AsciiString found = null;
    for (int i = 0; i < fields.size(); i++) {
      if (fields.name(i).equals(name)) {
        if (found != null) {
          return null;
        }
        found = fields.value(i);
      }
    }
    return found;
  }
}
