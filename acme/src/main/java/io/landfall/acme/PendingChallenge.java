package io.landfall.acme;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A challenge that the CA has given and not verified yet.
 *
 * @param type how it is verified
 * @param name the DNS name, in lower case
 * @param token what the CA calls it (RFC 8555 section 8.1): base64url, with 128 bits at least
 * @param keyAuthorization what proves it: the token, a dot, and the thumbprint of the account's key
 */
public record PendingChallenge(
    ChallengeType type, String name, String token, String keyAuthorization) {
  /** The longest DNS name. */
  public static final int MAX_NAME = 253;

  /** 128 bits are 22 characters of base64url; CAs use 43. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{22,128}");

  /** A SHA-256 in base64url. */
  private static final Pattern THUMBPRINT = Pattern.compile("[A-Za-z0-9_-]{43}");

  private static final Pattern NAME =
      Pattern.compile("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  /**
   * Checks the form of all parts.
   *
   * @throws IllegalArgumentException naming the part that is not of its form
   */
  public PendingChallenge {
    if (!isName(name)) {
      throw new IllegalArgumentException("the name of a challenge is no DNS name in lower case");
    }
    if (!TOKEN.matcher(token).matches()) {
      throw new IllegalArgumentException(
          "a token is not of 22 to 128 characters of base64url (RFC 8555 section 8.1)");
    }
    if (!keyAuthorization.startsWith(token + ".")
        || !THUMBPRINT.matcher(keyAuthorization.substring(token.length() + 1)).matches()) {
      throw new IllegalArgumentException(
          "a key authorization is not a token, a dot and a thumbprint (RFC 8555 section 8.1)");
    }
  }

  /** Whether a text is a DNS name that these challenges can prove: of two labels, no wildcard. */
  public static boolean isName(String text) {
    return text.length() <= MAX_NAME
        && text.equals(text.toLowerCase(Locale.ROOT))
        && NAME.matcher(text).matches();
  }

  /** Keeps the key authorization out of logs. */
  @Override
  public String toString() {
    return type.wire() + " of " + name;
  }
}
