package io.landfall.trust;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * A private key and the certificates that prove it.
 *
 * @param key the private key
 * @param chain the certificate of the key first, then those above it
 */
public record Credentials(PrivateKey key, List<X509Certificate> chain) {
  private static final byte[] PROOF = {'l', 'a', 'n', 'd', 'f', 'a', 'l', 'l'};

  /** Copies the chain. */
  public Credentials {
    chain = List.copyOf(chain);
  }

  /** The certificate of the key. */
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /** Keeps the key out of logs. */
  @Override
  public String toString() {
    return "Credentials[" + certificate().getSubjectX500Principal() + "]";
  }

  /**
   * Reads two PEM files for use in TLS: beyond {@link #load} the key has to be of a kind that every
   * TLS library here can use.
   *
   * @param remedy what makes a good one, for the error
   */
  public static FileResult<Credentials> loadForTls(
      Path certificateFile, Path keyFile, String remedy) {
    FileResult<Credentials> loaded = load(certificateFile, keyFile);
    if (loaded instanceof FileResult.Good<Credentials>(Credentials credentials)) {
      Optional<String> unusable = KeyRules.unusableInTls(credentials.certificate().getPublicKey());
      if (unusable.isPresent()) {
        return new FileResult.Bad<>(keyFile.toString(), 0, unusable.get() + "; " + remedy);
      }
    }
    return loaded;
  }

  /** Reads two PEM files, or one that holds both, and checks that the key is the certificate's. */
  public static FileResult<Credentials> load(Path certificateFile, Path keyFile) {
    List<X509Certificate> chain;
    switch (Pem.readChain(certificateFile)) {
      case FileResult.Bad<List<X509Certificate>> bad -> {
        return new FileResult.Bad<>(bad.file(), bad.line(), bad.why());
      }
      case FileResult.Good<List<X509Certificate>>(List<X509Certificate> value) -> chain = value;
    }
    return switch (Pem.readPrivateKey(keyFile)) {
      case FileResult.Bad<PrivateKey> bad ->
          new FileResult.Bad<>(bad.file(), bad.line(), bad.why());
      case FileResult.Good<PrivateKey>(PrivateKey key) ->
          matches(key, chain.getFirst())
              ? new FileResult.Good<>(new Credentials(key, chain))
              : new FileResult.Bad<>(
                  keyFile.toString(),
                  0,
                  "the key does not belong to the first certificate of "
                      + certificateFile
                      + (chain.stream().anyMatch(other -> matches(key, other))
                          ? " but to a later one; put the certificate of the key first"
                          : ""));
    };
  }

  private static boolean matches(PrivateKey key, X509Certificate certificate) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> "EdDSA";
        };
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(PROOF);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(PROOF);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      // A key of another kind than the certificate's cannot even be tried.
      return false;
    }
  }
}
