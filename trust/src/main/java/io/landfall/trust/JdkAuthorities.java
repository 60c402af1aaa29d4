package io.landfall.trust;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

/**
 * The certificate authorities that the JDK comes with, for servers of others. They are read from
 * their file, for the default trust store of the process is empty (tools/start.sh): no library is
 * to trust them that was not told to.
 */
public final class JdkAuthorities {
  /** Where they are. */
  public static final Path FILE =
      Path.of(System.getProperty("java.home", ""), "lib", "security", "cacerts");

  private JdkAuthorities() {}

  /**
   * Reads them. Blocks.
   *
   * @throws IOException when the file cannot be read
   * @throws GeneralSecurityException when there is no sense in it
   */
  public static KeyStore read() throws GeneralSecurityException, IOException {
    return KeyStore.getInstance(FILE.toFile(), (char[]) null);
  }
}
