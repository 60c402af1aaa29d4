package io.landfall.config;

import io.landfall.config.EdgeConfig.KeyPairFiles;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code edge.acme}, and the certificates of listeners that are ordered there. */
final class AcmeReader {
  /** The keys of the section. */
  static final Keys KEYS = new Keys("edge.acme");

  /** The keys of the account in another system. */
  static final Keys EXTERNAL_KEYS = new Keys("edge.acme.external-account");

  private static final int HASH_BYTES = 6;
  private static final int MAX_NAME = 253;

  /** Names of files are not longer than 255 bytes. */
  private static final int MAX_SHOWN = 100;

  private static final Pattern NAME =
      Pattern.compile("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  /** The names of a certificate. */
  static final ValueRule<String> CERTIFICATE_NAME =
      ValueRule.of(new Shape.Text("host", "^[a-z0-9.-]+$"), AcmeReader::name);

  private static final Key<URI> DIRECTORY =
      KEYS.value("directory", ValueRule.of(new Shape.Text("URL", "^https://.+$"), AcmeReader::url))
          .required("https://acme.example/directory")
          .is("The URL of the CA's directory (RFC 8555 section 7.1.1).");
  private static final Key<?> FOLDER =
      KEYS.value("folder", Shapes.FILE)
          .required("/var/lib/landfall/acme")
          .is(
              "Folder of this node alone for keys and certificates, and for what has been ordered;"
                  + " made with mode 0700 if it is missing.");
  private static final Key<Boolean> ACCEPT_TERMS =
      KEYS.value("accept-terms", ValueRules.FLAG)
          .required("true")
          .is("`true`: you agree to the CA's terms of service (RFC 8555 section 7.3).");
  private static final Key<String> CONTACT =
      KEYS.values(
              "contact",
              ValueRule.of(new Shape.Text("URL", "^mailto:[^ ]+@[^ ]+$"), AcmeReader::contact))
          .otherwiseAs("none")
          .atMost(Bounds.ACME_CONTACTS)
          .is("Whom the CA writes to, as `mailto:ops@example.com`.");
  private static final Key<?> CA =
      KEYS.value("ca", Shapes.FILE)
          .otherwiseAs("the CAs of the JDK")
          .is("PEM file with the CAs that the CA's own TLS certificate leads to.");
  private static final Key<?> ACCOUNT_KEY =
      KEYS.value("account-key", Shapes.FILE)
          .otherwiseAs("`account.pem` in `folder`")
          .is("PEM file with the account's key (ECDSA, P-256); made with mode 0600 if missing.");
  private static final Key<?> EXTERNAL =
      KEYS.section("external-account")
          .otherwiseAs("none")
          .is("Binds the account to one that you have at the CA (RFC 8555 section 7.3.4).");
  private static final Key<Long> RENEW_BEFORE =
      KEYS.value("renew-before", ValueRules.duration(1_000, 31_536_000_000L))
          .otherwiseAs("a third of the certificate's lifetime")
          .is("How long before its end a certificate is renewed; up to a tenth of it earlier.");
  private static final Key<AcmeConfig.Challenge> CHALLENGES =
      KEYS.values("challenges", ValueRules.oneOf(AcmeConfig.Challenge.class))
          .otherwiseAs("[http-01, tls-alpn-01]")
          .is("How names are proved: the first of these that the CA offers.");
  private static final Key<String> KEY_ID =
      EXTERNAL_KEYS
          .value("key-id", ValueRule.of(Shapes.ANY, ValueRules::text))
          .required("kid-1")
          .is("What the CA calls it.");
  private static final Key<?> HMAC_KEY =
      EXTERNAL_KEYS
          .value("hmac-key", Shapes.FILE)
          .required("acme-hmac.key")
          .is("File with the key that the CA has given, in base64url.");

  private final FileRules files;

  AcmeReader(FileRules files) {
    this.files = files;
  }

  Optional<AcmeConfig> read(Section at) {
    Optional<URI> directory = at.required(DIRECTORY);
    Optional<Path> folder = at.required(FOLDER, files::path);
    Optional<Boolean> terms = at.required(ACCEPT_TERMS);
    if (terms.isPresent() && !terms.get()) {
      at.problem(
          ACCEPT_TERMS.name(),
          "a CA issues nothing to who does not agree to its terms",
          "read them, and write true; or remove edge.acme");
    }
    List<String> contacts = at.values(CONTACT).orElse(List.of());
    at.atMost(CONTACT, contacts.size(), "name one list of people");
    Optional<Path> authorities = at.value(CA, files::readable);
    Optional<Path> accountKey = at.value(ACCOUNT_KEY, files::path);
    Optional<AcmeConfig.External> external = at.section(EXTERNAL).flatMap(this::external);
    Optional<Long> renewBefore = at.value(RENEW_BEFORE);
    List<AcmeConfig.Challenge> challenges =
        at.values(CHALLENGES).orElse(List.of(AcmeConfig.Challenge.values()));
    if (challenges.isEmpty() || new HashSet<>(challenges).size() < challenges.size()) {
      at.problem(CHALLENGES.name(), "names none, or one twice", "write [http-01, tls-alpn-01]");
    }
    at.end();
    return directory.flatMap(
        url ->
            folder.map(
                state ->
                    new AcmeConfig(
                        url,
                        contacts,
                        authorities,
                        external,
                        accountKey.orElse(state.resolve("account.pem")),
                        state,
                        renewBefore,
                        challenges)));
  }

  private Optional<AcmeConfig.External> external(Section at) {
    Optional<String> id = at.required(KEY_ID);
    Optional<Path> key = at.required(HMAC_KEY, files::readable);
    at.end();
    return id.flatMap(keyId -> key.map(file -> new AcmeConfig.External(keyId, file)));
  }

  /**
   * A certificate that is ordered. Its file is named by its first name, and by all of them: other
   * names are another certificate.
   */
  static AcmeConfig.Ordered ordered(
      AcmeConfig acme, List<String> names, AcmeConfig.KeyType keyType) {
    String kind = keyType.name().toLowerCase(Locale.ROOT).replace('_', '-');
    String first = names.getFirst();
    String shown = first.substring(0, Math.min(MAX_SHOWN, first.length()));
    Path file = acme.folder().resolve(shown + "-" + kind + "-" + hash(names) + ".pem");
    return new AcmeConfig.Ordered(names, keyType, new KeyPairFiles(file, file));
  }

  private static String hash(List<String> names) {
    try {
      byte[] all = String.join(" ", names).getBytes(StandardCharsets.US_ASCII);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(all);
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String name(String text) throws BadValue {
    if (text.indexOf('*') >= 0) {
      throw new BadValue(
          "'" + text + "' is a wildcard, which neither http-01 nor tls-alpn-01 proves",
          "name each host, or get the certificate elsewhere and give its files");
    }
    if (text.length() > MAX_NAME || !NAME.matcher(text).matches()) {
      throw new BadValue(
          "'" + text + "' is no DNS name in lower case with two labels or more",
          "write it as shop.example.com");
    }
    if (text.charAt(text.length() - 1) <= '9') {
      throw new BadValue("'" + text + "' is an address", "name a host");
    }
    return text;
  }

  private static URI url(String text) throws BadValue {
    try {
      URI url = new URI(text);
      if ("https".equals(url.getScheme()) && url.getHost() != null && url.getFragment() == null) {
        return url;
      }
    } catch (URISyntaxException e) {
      // The same problem as a URL of another scheme.
    }
    throw new BadValue(
        "'" + text + "' is no URL of https with a host", "write https://acme.example/directory");
  }

  private static String contact(String text) throws BadValue {
    if (!text.startsWith("mailto:")
        || text.indexOf('@') < 0
        || text.chars().anyMatch(c -> c <= ' ' || c > '~' || c == '?' || c == ',')) {
      throw new BadValue(
          "'" + text + "' is no mailto URL with one address (RFC 8555 section 7.3)",
          "write mailto:ops@example.com");
    }
    return text;
  }
}
