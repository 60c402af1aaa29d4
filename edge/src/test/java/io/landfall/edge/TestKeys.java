package io.landfall.edge;

import io.landfall.edge.tls.ServerNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Keys and certificates for tests, made by the JDK's keytool in one store. */
public final class TestKeys {
  private static final char[] PASSWORD = "password".toCharArray();

  private final Path store;

  /** An empty store in that folder, or the one that is there. */
  public TestKeys(Path folder) {
    store = folder.resolve("keys.p12");
  }

  /** A key, with a certificate that it signs itself and more words for keytool. */
  public TestKeys key(String alias, String... more) {
    return made(alias, List.of("-keyalg", "EC", "-groupname", "secp256r1"), more);
  }

  /** The same with an RSA key of 2048 bits. */
  public TestKeys rsaKey(String alias, String... more) {
    return made(alias, List.of("-keyalg", "RSA", "-keysize", "2048"), more);
  }

  private TestKeys made(String alias, List<String> kind, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "-genkeypair",
                "-alias",
                alias,
                "-dname",
                "CN=" + alias,
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                store.toString()));
    command.addAll(kind);
    command.addAll(Arrays.asList(more));
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      // In this JVM: another one for each key took more time than the tests themselves.
      Class<?> keytool = Class.forName("sun.security.tools.keytool.Main");
      Object result =
          keytool
              .getMethod("run", String[].class, PrintStream.class)
              .invoke(keytool.getConstructor().newInstance(), command.toArray(new String[0]), out);
      if (!result.equals(0)) {
        throw new AssertionError(printed.toString(StandardCharsets.UTF_8));
      }
      return this;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("keytool of this JDK", e);
    }
  }

  /** A CA. */
  public TestKeys authority(String alias) {
    return key(alias, "-ext", "bc:c", "-validity", "9");
  }

  /** A key with a certificate of a CA for these names, as keytool writes them. */
  public TestKeys site(String alias, String authority, String names, String... more) {
    List<String> all = new ArrayList<>(List.of("-signer", authority, "-ext", "SAN=" + names));
    all.addAll(Arrays.asList(more));
    return key(alias, all.toArray(new String[0]));
  }

  private KeyStore opened() throws GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return keys;
  }

  /** The certificate of a key. */
  public X509Certificate certificate(String alias) {
    return identity(alias).chain().getFirst();
  }

  /** A key with its chain. */
  public ServerNames.Identity identity(String alias) {
    try {
      KeyStore keys = opened();
      List<X509Certificate> chain = new ArrayList<>();
      for (var each : keys.getCertificateChain(alias)) {
        chain.add((X509Certificate) each);
      }
      return new ServerNames.Identity((PrivateKey) keys.getKey(alias, PASSWORD), chain);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** A server that shows this key's certificate; clients' must lead to that CA. */
  public SSLContext server(String alias, String authority) {
    try {
      ServerNames.Identity shown = identity(alias);
      KeyStore own = KeyStore.getInstance("PKCS12");
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      own.setKeyEntry("key", shown.key(), PASSWORD, shown.chain().toArray(new X509Certificate[0]));
      trusted.load(null, null);
      trusted.setCertificateEntry("ca", certificate(authority));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, PASSWORD);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }
}
