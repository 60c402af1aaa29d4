package io.landfall.cache;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Makes the primary key of a request (RFC 9111 section 2): scheme, authority, target and the fields
 * that the policy keys. GET and HEAD share it. One buffer for each event loop: a lookup writes the
 * key here, hashes it, and compares it with the stored one, and makes no object.
 *
 * <p>The authority is the one that the origin is sent, port and final dot included, in lower case:
 * two names of one host that the origin could tell apart are two keys. Parts end with a byte that
 * no message has, so no two requests share a key by where one part ends.
 */
public final class KeyBuffer {
  /** Bytes of a key; a request whose key is longer goes past the cache. */
  public static final int MOST_BYTES = 16 * 1024;

  private static final byte END = 0;
  private static final byte ABSENT = 1;

  private final SipHash hash;
  private final StringBuilder value = new StringBuilder();
  private byte[] bytes = new byte[512];
  private int size;
  private boolean valid;

  /** Keys under a secret. */
  public KeyBuffer(SipHash hash) {
    this.hash = hash;
  }

  /**
   * Makes the key of a request.
   *
   * @param policy which fields are part of it
   * @param scheme {@code http} or {@code https}, as the client reached the CDN
   * @param authority the authority that the origin is sent
   * @param request the request; its target as {@link QueryRules#apply} left it
   * @return whether it has one: a key that is too long, or has a byte that no message may have,
   *     makes the request go past the cache
   */
  public boolean make(
      KeyPolicy policy, CharSequence scheme, CharSequence authority, CacheRequest request) {
    size = 0;
    valid = true;
    add(scheme, false);
    add(authority, true);
    add(request.target(), false);
    for (int i = 0; i < policy.fields().size(); i++) {
      String name = policy.fields().get(i);
      value.setLength(0);
      if (CacheFields.has(request.fields(), name)) {
        NormalForm.append(value, request.fields(), name);
        add(value, false);
      } else {
        put(ABSENT);
        put(END);
      }
    }
    return valid;
  }

  private void add(CharSequence part, boolean lowerCase) {
    for (int i = 0; i < part.length() && valid; i++) {
      char c = part.charAt(i);
      valid = (c >= ' ' || c == '\t') && c <= 0xff;
      put((byte) (lowerCase ? AsciiText.lower(c) : c));
    }
    put(END);
  }

  private void put(byte b) {
    if (size == bytes.length) {
      if (size == MOST_BYTES) {
        valid = false;
        return;
      }
      bytes = Arrays.copyOf(bytes, Math.min(MOST_BYTES, size * 2));
    }
    bytes[size++] = b;
  }

  /** How many bytes the key has. */
  public int size() {
    return size;
  }

  /** 64 bits of it, to find it by; equal keys have equal ones, different keys nearly never. */
  public long fingerprint() {
    return hash.hash(bytes, 0, size);
  }

  /** Whether a stored key is this one. */
  public boolean is(byte[] key) {
    return valid && Arrays.equals(bytes, 0, size, key, 0, key.length);
  }

  /** Where what is stored under a key belongs, in a service: scheme, authority and target of it. */
  public static PurgeMarks.Place place(byte[] key, String service) {
    String text = new String(key, StandardCharsets.ISO_8859_1);
    int scheme = text.indexOf(END);
    int authority = text.indexOf(END, scheme + 1);
    return new PurgeMarks.Place(
        service,
        text.substring(0, scheme),
        text.substring(scheme + 1, authority),
        text.substring(authority + 1, text.indexOf(END, authority + 1)));
  }

  /** It, as an array of its own: what is stored beside a response. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }
}
