package io.landfall.trust;

import io.landfall.core.FailureText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Certificates and private keys from PEM files, strictly (RFC 7468 section 3): text between blocks
 * is ignored, everything inside a block must be right, and an error names the file and the line.
 * Written here because the JDK's own reader is still a preview, and the TLS path carries no other
 * cryptographic library.
 */
public final class Pem {
  /** The largest file that is read, in bytes. */
  public static final int MAX_FILE_BYTES = 1 << 20;

  /** The most certificates that one file may hold. */
  public static final int MAX_CERTIFICATES = 64;

  private static final String BEGIN = "-----BEGIN ";

  /** As ISO-8859-1 reads it. */
  private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

  private static final String END = "-----END ";
  private static final String DASHES = "-----";
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";

  /** What {@code openssl ecparam -genkey} writes before a key: the curve, which the key has too. */
  private static final String EC_PARAMETERS = "EC PARAMETERS";

  private static final String CONVERT =
      "; convert it with: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW";

  private static final String PEM_OF_DER =
      "; if it is DER, convert it to PEM with: openssl x509 -inform der -in OLD -out NEW";

  /** RFC 1421 section 4.6.1.1: the first line of an old block that is encrypted. */
  private static final String ENCRYPTED = "Proc-Type: 4,ENCRYPTED";

  private static final String[] KEY_ALGORITHMS = {"EC", "RSA", "EdDSA"};

  private Pem() {}

  private record Block(String label, int line, byte[] der) {}

  /** The certificates of a file, in the file's order; at least one. */
  public static FileResult<List<X509Certificate>> readCertificates(Path file) {
    return switch (read(file)) {
      case FileResult.Bad<String> bad -> new FileResult.Bad<>(bad.file(), bad.line(), bad.why());
      case FileResult.Good<String>(String text) -> parseCertificates(file.toString(), text);
    };
  }

  /**
   * The same of a file that may hold the private key too, as step-ca and Vault write bundles; the
   * key is not looked at here.
   */
  public static FileResult<List<X509Certificate>> readChain(Path file) {
    return switch (read(file)) {
      case FileResult.Bad<String> bad -> new FileResult.Bad<>(bad.file(), bad.line(), bad.why());
      case FileResult.Good<String>(String text) -> parseChain(file.toString(), text);
    };
  }

  /** The certificates in a text that may hold their private key too. */
  public static FileResult<List<X509Certificate>> parseChain(String source, String text) {
    return switch (blocks(source, text)) {
      case FileResult.Bad<List<Block>> bad -> new FileResult.Bad<>(source, bad.line(), bad.why());
      case FileResult.Good<List<Block>>(List<Block> blocks) -> {
        List<Block> rest = blocks.stream().filter(block -> !isOfKey(block)).toList();
        yield rest.isEmpty() && !blocks.isEmpty()
            ? new FileResult.Bad<>(
                source,
                blocks.getFirst().line,
                "expected a CERTIFICATE block, found only "
                    + blocks.getFirst().label
                    + "; are certificate and key swapped?")
            : certificates(source, rest);
      }
    };
  }

  private static boolean isOfKey(Block block) {
    return block.label.endsWith(PRIVATE_KEY) || block.label.equals(EC_PARAMETERS);
  }

  /**
   * The one private key of a file, unencrypted: PKCS#8 (RFC 5958), or the older EC PRIVATE KEY (RFC
   * 5915) and RSA PRIVATE KEY (RFC 8017 appendix A.1.2). Certificates beside it are not looked at.
   */
  public static FileResult<PrivateKey> readPrivateKey(Path file) {
    return switch (read(file)) {
      case FileResult.Bad<String> bad -> new FileResult.Bad<>(bad.file(), bad.line(), bad.why());
      case FileResult.Good<String>(String text) -> parsePrivateKey(file.toString(), text);
    };
  }

  /** Without the byte order mark of UTF-8, which some editors put first. */
  private static String withoutMark(String text) {
    return text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text;
  }

  private static FileResult<String> read(Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
      // A pipe would hold the reader for as long as nothing is written to it.
      return new FileResult.Bad<>(file.toString(), 0, "it is not a regular file");
    }
    // Not by its size: that of some files is 0 whatever they give, and a file may grow.
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
      return bytes.length > MAX_FILE_BYTES
          ? new FileResult.Bad<>(
              file.toString(), 0, "it is larger than " + MAX_FILE_BYTES + " bytes")
          : new FileResult.Good<>(withoutMark(new String(bytes, StandardCharsets.ISO_8859_1)));
    } catch (NoSuchFileException e) {
      return new FileResult.Bad<>(file.toString(), 0, "there is no such file");
    } catch (AccessDeniedException e) {
      return new FileResult.Bad<>(file.toString(), 0, "this user may not read it");
    } catch (IOException e) {
      return new FileResult.Bad<>(file.toString(), 0, "it cannot be read: " + FailureText.of(e));
    }
  }

  /** The certificates in a text; {@code source} names it in errors. */
  public static FileResult<List<X509Certificate>> parseCertificates(String source, String text) {
    return switch (blocks(source, text)) {
      case FileResult.Bad<List<Block>> bad -> new FileResult.Bad<>(source, bad.line(), bad.why());
      case FileResult.Good<List<Block>>(List<Block> blocks) -> certificates(source, blocks);
    };
  }

  private static FileResult<List<X509Certificate>> certificates(String source, List<Block> blocks) {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks) {
      if (!block.label.equals(CERTIFICATE)) {
        return new FileResult.Bad<>(
            source, block.line, "expected a CERTIFICATE block, found " + block.label);
      }
      if (certificates.size() == MAX_CERTIFICATES) {
        return new FileResult.Bad<>(
            source, block.line, "more than " + MAX_CERTIFICATES + " certificates");
      }
      try {
        ByteArrayInputStream in = new ByteArrayInputStream(block.der);
        certificates.add(
            (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in));
        if (in.available() > 0) {
          return new FileResult.Bad<>(source, block.line, "bytes follow the certificate");
        }
      } catch (CertificateException e) {
        return new FileResult.Bad<>(
            source, block.line, "this block is no X.509 certificate: " + FailureText.of(e));
      }
    }
    if (certificates.isEmpty()) {
      return new FileResult.Bad<>(source, 0, "it holds no CERTIFICATE block" + PEM_OF_DER);
    }
    return new FileResult.Good<>(List.copyOf(certificates));
  }

  /** The one private key in a text; {@code source} names it in errors. */
  public static FileResult<PrivateKey> parsePrivateKey(String source, String text) {
    return switch (blocks(source, text)) {
      case FileResult.Bad<List<Block>> bad -> new FileResult.Bad<>(source, bad.line(), bad.why());
      case FileResult.Good<List<Block>>(List<Block> blocks) -> privateKey(source, blocks);
    };
  }

  private static FileResult<PrivateKey> privateKey(String source, List<Block> blocks) {
    List<Block> keys = new ArrayList<>();
    for (Block block : blocks) {
      if (block.label.endsWith(PRIVATE_KEY)) {
        keys.add(block);
      } else if (!block.label.equals(CERTIFICATE) && !block.label.equals(EC_PARAMETERS)) {
        return new FileResult.Bad<>(
            source, block.line, "expected a PRIVATE KEY block, found " + block.label);
      }
    }
    if (keys.size() != 1) {
      return new FileResult.Bad<>(
          source,
          keys.isEmpty() ? 0 : keys.get(1).line,
          "a key file holds exactly one PRIVATE KEY block, this one has "
              + keys.size()
              + (keys.isEmpty() && !blocks.isEmpty() ? "; are certificate and key swapped?" : ""));
    }
    Block block = keys.getFirst();
    Optional<byte[]> pkcs8 = OlderKeys.pkcs8(block.label, block.der);
    return pkcs8.isPresent()
        ? pkcs8Key(source, block.line, pkcs8.get())
        : new FileResult.Bad<>(
            source,
            block.line,
            block.label.startsWith("ENCRYPTED")
                ? "the " + block.label + " block that starts here is encrypted" + CONVERT
                : "this " + block.label + " block cannot be read" + CONVERT);
  }

  private static FileResult<PrivateKey> pkcs8Key(String source, int line, byte[] der) {
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return new FileResult.Good<>(
            KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der)));
      } catch (InvalidKeySpecException e) {
        // The block does not name its algorithm outside its DER, so each is tried.
      } catch (GeneralSecurityException e) {
        return new FileResult.Bad<>(source, line, "this JDK has no " + algorithm + " keys");
      }
    }
    return new FileResult.Bad<>(source, line, "this block is no key of kind EC, RSA or EdDSA");
  }

  private static FileResult<List<Block>> blocks(String source, String text) {
    List<Block> blocks = new ArrayList<>();
    String[] lines = text.split("\n", -1);
    int at = 0;
    while (at < lines.length) {
      String line = lines[at].strip();
      if (!line.startsWith(BEGIN)) {
        at++;
        continue;
      }
      if (!line.endsWith(DASHES)) {
        return new FileResult.Bad<>(source, at + 1, "the BEGIN line does not end in " + DASHES);
      }
      int begin = at + 1;
      String label = line.substring(BEGIN.length(), line.length() - DASHES.length());
      StringBuilder base64 = new StringBuilder();
      at++;
      if (at < lines.length && lines[at].strip().equals(ENCRYPTED)) {
        return new FileResult.Bad<>(
            source, begin, "the " + label + " block that starts here is encrypted" + CONVERT);
      }
      while (at < lines.length && !lines[at].strip().startsWith(DASHES)) {
        base64.append(lines[at++].strip());
      }
      if (at == lines.length || !lines[at].strip().equals(END + label + DASHES)) {
        return new FileResult.Bad<>(
            source, begin, "the " + label + " block that starts here does not end");
      }
      at++;
      Optional<byte[]> der = decode(base64.toString());
      if (der.isEmpty()) {
        return new FileResult.Bad<>(
            source, begin, "the " + label + " block that starts here is not base64");
      }
      blocks.add(new Block(label, begin, der.get()));
    }
    return new FileResult.Good<>(blocks);
  }

  private static Optional<byte[]> decode(String base64) {
    try {
      byte[] der = Base64.getDecoder().decode(base64);
      return der.length == 0 ? Optional.empty() : Optional.of(der);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** One block as text, lines of 64 characters. */
  public static String format(String label, byte[] der) {
    byte[] newline = {'\n'};
    return BEGIN
        + label
        + DASHES
        + "\n"
        + Base64.getMimeEncoder(64, newline).encodeToString(der)
        + "\n"
        + END
        + label
        + DASHES
        + "\n";
  }
}
