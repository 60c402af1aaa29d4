package io.landfall.checks.differential.chains;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Key pairs by kind and name; making one takes time, so each is made once. */
final class Keys {
  private static final Map<String, KeyPair> MADE = new ConcurrentHashMap<>();

  private Keys() {}

  /** A key of a kind ({@code P-256}, {@code RSA-2048}, {@code Ed25519}), the same for a name. */
  static KeyPair of(String kind, String name) {
    return MADE.computeIfAbsent(kind + " " + name, key -> make(kind));
  }

  private static KeyPair make(String kind) {
    try {
      String[] parts = kind.split("-", 2);
      KeyPairGenerator generator =
          KeyPairGenerator.getInstance(parts[0].equals("P") ? "EC" : parts[0]);
      if (parts.length == 2) {
        generator.initialize(Integer.parseInt(parts[1]));
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError("this JDK makes no " + kind + " keys", e);
    }
  }
}
