package io.landfall.checks.differential.chains;

import io.landfall.checks.differential.chains.Mint.Minted;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/** The chains that are judged: every rule of RFC 5280 that binds here, kept and broken. */
final class ChainCases {
  private static final ASN1ObjectIdentifier UNKNOWN = new ASN1ObjectIdentifier("1.3.6.1.4.1.99.1");

  private final Map<String, Chain> cases = new LinkedHashMap<>();
  private final Minted root = Mint.ca("root").mint();

  private ChainCases() {}

  /**
   * What a peer shows, and whom it shows it to.
   *
   * @param shown the peer's certificate first
   * @param authorities the CAs that are configured
   */
  record Chain(List<X509Certificate> shown, List<X509Certificate> authorities) {}

  /** Every chain by its name. */
  static Map<String, Chain> all() {
    ChainCases made = new ChainCases();
    made.lengths();
    made.pathLengths();
    made.nameConstraints();
    made.mappedAddresses();
    made.strength();
    made.leafUsage();
    made.issuerUsage();
    made.dates();
    made.orders();
    made.authorities();
    return made.cases;
  }

  private void add(String name, Minted authority, Minted... shown) {
    Chain before =
        cases.put(
            name,
            new Chain(
                Arrays.stream(shown).map(Minted::certificate).toList(),
                List.of(authority.certificate())));
    if (before != null) {
      throw new AssertionError("two chains are called " + name);
    }
  }

  private Minted between(String name, Minted issuer) {
    return Mint.ca(name).by(issuer).mint();
  }

  private void lengths() {
    for (int count = 0; count <= 8; count++) {
      List<Minted> shown = new ArrayList<>();
      Minted issuer = root;
      for (int i = 0; i < count; i++) {
        issuer = between("i" + i, issuer);
        shown.addFirst(issuer);
      }
      shown.addFirst(Mint.node(issuer).mint());
      add(count + " intermediates", root, shown.toArray(new Minted[0]));
      shown.add(root);
      add(count + " intermediates and the root", root, shown.toArray(new Minted[0]));
    }
  }

  private void pathLengths() {
    for (int atRoot = -1; atRoot <= 2; atRoot++) {
      for (int atTop = -1; atTop <= 1; atTop++) {
        for (int count = 0; count <= 3; count++) {
          Mint mint = Mint.ca("limited");
          Minted top = atRoot < 0 ? mint.mint() : mint.pathLength(atRoot).mint();
          List<Minted> shown = new ArrayList<>();
          Minted issuer = top;
          for (int i = 0; i < count; i++) {
            Mint next = Mint.ca("i" + i).by(issuer);
            issuer = i == 0 && atTop >= 0 ? next.pathLength(atTop).mint() : next.mint();
            shown.addFirst(issuer);
          }
          shown.addFirst(Mint.node(issuer).mint());
          if (count > 0 || atTop < 0) {
            add(
                "path length " + atRoot + " at the root, " + atTop + " below, " + count + " CAs",
                top,
                shown.toArray(new Minted[0]));
          }
        }
      }
    }
    Minted none = Mint.ca("limited").pathLength(0).mint();
    Minted again = Mint.ca("limited").key("P-384").by(none).mint();
    add("a self-issued CA below path length 0", none, Mint.node(again).mint(), again);
  }

  private void nameConstraints() {
    Map<String, GeneralName> trees = new LinkedHashMap<>();
    trees.put("URI host", Mint.uri("cdn.example"));
    trees.put("URI other host", Mint.uri("other.example"));
    trees.put("URI domain", Mint.uri(".example"));
    trees.put("URI domain of another", Mint.uri(".other"));
    trees.put("IP net", address("10.32.0.0/255.255.254.0"));
    trees.put("IP host", address("10.32.0.9/255.255.255.255"));
    trees.put("IP other net", address("192.0.2.0/255.255.255.0"));
    trees.put("IP of the other family", address("fd00::/16"));
    trees.put("DNS domain", dns("service.cdn.example"));
    trees.put("DNS name", dns("shop.service.cdn.example"));
    trees.put("DNS part of a label", dns("vice.cdn.example"));
    trees.put("DNS other domain", dns("other.example"));
    trees.put("mail host", new GeneralName(GeneralName.rfc822Name, "cdn.example"));
    trees.put("DN of another", new GeneralName(new org.bouncycastle.asn1.x500.X500Name("O=x")));
    trees.put("DN", new GeneralName(new org.bouncycastle.asn1.x500.X500Name("CN=nyc")));
    trees.forEach(
        (name, tree) -> {
          Minted permits = Mint.ca("constrained").permitted(tree).mint();
          add("anchor permits " + name, permits, Mint.node(permits).mint());
          Minted excludes = Mint.ca("constrained").excluded(tree).mint();
          add("anchor excludes " + name, excludes, Mint.node(excludes).mint());
          Minted permitsBelow = Mint.ca("i0").by(root).permitted(tree).mint();
          add("CA permits " + name, root, Mint.node(permitsBelow).mint(), permitsBelow);
          Minted excludesBelow = Mint.ca("i0").by(root).excluded(tree).mint();
          add("CA excludes " + name, root, Mint.node(excludesBelow).mint(), excludesBelow);
          Minted below = between("i1", permits);
          add("anchor above a CA permits " + name, permits, Mint.node(below).mint(), below);
        });
  }

  private void mappedAddresses() {
    GeneralName mapped =
        new GeneralName(
            GeneralName.iPAddress,
            new DEROctetString(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 32, 0, 9}));
    Minted plain = Mint.node(root).names(Mint.uri("spiffe://cdn.example/node/nyc"), mapped).mint();
    add("an IPv4-mapped address", root, plain);
    Minted excludes = Mint.ca("i0").by(root).excluded(address("10.32.0.9/255.255.255.255")).mint();
    Minted around =
        Mint.node(excludes).names(Mint.uri("spiffe://cdn.example/node/nyc"), mapped).mint();
    add("an IPv4-mapped address that its CA excludes as IPv4", root, around, excludes);
  }

  private void strength() {
    for (String kind :
        List.of("P-256", "P-384", "P-521", "RSA-1024", "RSA-2048", "RSA-3072", "Ed25519")) {
      add("leaf key " + kind, root, Mint.node(root).key(kind).mint());
      List<String> signatures =
          switch (kind.charAt(0)) {
            case 'P' -> List.of("SHA1withECDSA", "SHA256withECDSA", "SHA512withECDSA");
            case 'R' -> List.of("MD5withRSA", "SHA1withRSA", "SHA256withRSA", "SHA384withRSA");
            default -> List.of("Ed25519");
          };
      for (String signature : signatures) {
        Minted anchor = Mint.ca("anchor").key(kind).signature(signature).mint();
        add(
            "anchor " + kind + ", leaf signed by " + signature,
            anchor,
            Mint.node(anchor).signature(signature).mint());
        Minted issuer = Mint.ca("i0").key(kind).by(root).mint();
        add(
            "CA " + kind + ", leaf signed by " + signature,
            root,
            Mint.node(issuer).signature(signature).mint(),
            issuer);
      }
    }
    Minted old = Mint.ca("old").key("RSA-2048").signature("SHA1withRSA").mint();
    add(
        "an anchor that signed itself over SHA-1",
        old,
        Mint.node(old).signature("SHA256withRSA").mint());
    for (String pss : List.of("SHA1withRSAandMGF1", "SHA256withRSAandMGF1")) {
      Minted rsa = Mint.ca("pss").key("RSA-2048").signature("SHA256withRSA").mint();
      add("leaf signed by " + pss, rsa, Mint.node(rsa).signature(pss).mint());
    }
  }

  private void leafUsage() {
    for (int bits :
        new int[] {
          0,
          KeyUsage.digitalSignature,
          KeyUsage.keyEncipherment,
          KeyUsage.keyAgreement,
          KeyUsage.nonRepudiation,
          KeyUsage.digitalSignature | KeyUsage.keyEncipherment,
          KeyUsage.digitalSignature | KeyUsage.keyCertSign
        }) {
      add("leaf key usage " + bits, root, Mint.node(root).usage(bits).mint());
    }
    purposes()
        .forEach(
            (name, ids) -> add("leaf for " + name, root, Mint.node(root).purposes(ids).mint()));
    add("a leaf that may sign", root, Mint.node(root).basic(new BasicConstraints(true)).mint());
    add(
        "a leaf that says it may not sign",
        root,
        Mint.node(root).basic(new BasicConstraints(false)).mint());
    add(
        "a leaf with an unknown critical extension",
        root,
        Mint.node(root).extra(UNKNOWN, true, DERNull.INSTANCE).mint());
    add(
        "a leaf with an unknown extension",
        root,
        Mint.node(root).extra(UNKNOWN, false, DERNull.INSTANCE).mint());
  }

  private static Map<String, KeyPurposeId[]> purposes() {
    Map<String, KeyPurposeId[]> purposes = new LinkedHashMap<>();
    purposes.put("anything", new KeyPurposeId[0]);
    purposes.put(
        "both ends",
        new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth});
    purposes.put("servers", new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth});
    purposes.put("clients", new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth});
    purposes.put("mail", new KeyPurposeId[] {KeyPurposeId.id_kp_emailProtection});
    purposes.put("any purpose", new KeyPurposeId[] {KeyPurposeId.anyExtendedKeyUsage});
    return purposes;
  }

  private void issuerUsage() {
    purposes()
        .forEach(
            (name, ids) -> {
              Minted anchor = Mint.ca("anchor").purposes(ids).mint();
              add("anchor for " + name, anchor, Mint.node(anchor).mint());
              Minted issuer = Mint.ca("i0").by(root).purposes(ids).mint();
              add("CA for " + name, root, Mint.node(issuer).mint(), issuer);
            });
    for (int bits : new int[] {0, KeyUsage.digitalSignature, KeyUsage.cRLSign}) {
      Minted anchor = Mint.ca("anchor").usage(bits).mint();
      add("anchor with key usage " + bits, anchor, Mint.node(anchor).mint());
      Minted issuer = Mint.ca("i0").by(root).usage(bits).mint();
      add("CA with key usage " + bits, root, Mint.node(issuer).mint(), issuer);
    }
    Minted leafAsCa = Mint.node(root).mint();
    add("a leaf that signed", root, Mint.node(leafAsCa).key("P-384").mint(), leafAsCa);
    Minted silent = Mint.ca("i0").by(root).withoutBasic().mint();
    add("a CA without basic constraints", root, Mint.node(silent).mint(), silent);
    Minted no = Mint.ca("i0").by(root).basic(new BasicConstraints(false)).mint();
    add("a CA that says it is none", root, Mint.node(no).mint(), no);
    Minted odd = Mint.ca("i0").by(root).extra(UNKNOWN, true, DERNull.INSTANCE).mint();
    add("a CA with an unknown critical extension", root, Mint.node(odd).mint(), odd);
    Minted oddRoot = Mint.ca("odd").extra(UNKNOWN, true, DERNull.INSTANCE).mint();
    add("an anchor with an unknown critical extension", oddRoot, Mint.node(oddRoot).mint());
  }

  private void dates() {
    Map<String, long[]> spans = new LinkedHashMap<>();
    spans.put("expired", new long[] {Mint.NOW - Mint.DAY, Mint.NOW - 1000});
    spans.put("of the future", new long[] {Mint.NOW + 1000, Mint.NOW + Mint.DAY});
    spans.put("in its last second", new long[] {Mint.NOW - Mint.DAY, Mint.NOW});
    spans.put("in its first second", new long[] {Mint.NOW, Mint.NOW + Mint.DAY});
    spans.forEach(
        (name, span) -> {
          add("leaf " + name, root, Mint.node(root).valid(span[0], span[1]).mint());
          Minted issuer = Mint.ca("i0").by(root).valid(span[0], span[1]).mint();
          add("CA " + name, root, Mint.node(issuer).mint(), issuer);
          Minted anchor = Mint.ca("anchor").valid(span[0], span[1]).mint();
          add("anchor " + name, anchor, Mint.node(anchor).mint());
        });
  }

  private void orders() {
    Minted i0 = between("i0", root);
    Minted i1 = between("i1", i0);
    Minted i2 = between("i2", i1);
    Minted leaf = Mint.node(i2).mint();
    Minted other = Mint.ca("somebody else").mint();
    add("in reverse order", root, leaf, i0, i1, i2);
    add("in no order", root, leaf, i1, root, i2, i0);
    add("an intermediate is missing", root, leaf, i2, i0);
    add("others between", root, leaf, other, i2, i1, Mint.node(other).mint(), i0);
    add("one shown twice", root, leaf, i2, i2, i1, i0, i0);
    add("of another CA", other, leaf, i2, i1, i0, root);
    Minted impostor = Mint.ca("root").key("P-384").mint();
    add("of another CA of the same name", impostor, leaf, i2, i1, i0, root);
    Minted rekeyed = Mint.ca("i2").key("P-384").by(i1).mint();
    add("beside a CA of the same name and another key", root, leaf, rekeyed, i2, i1, i0);
    Minted crossed = Mint.ca("root").keyOf(root).by(other).mint();
    add("with the root signed by another root", root, leaf, i2, i1, i0, crossed, other);
    add("with a root that only another root signed", other, leaf, i2, i1, i0, crossed);
    Minted broken = Mint.ca("i2").by(new Minted(i1.certificate(), other.pair())).mint();
    add("a signature by the wrong key", root, Mint.node(broken).mint(), broken, i1, i0);
  }

  private void authorities() {
    Minted i0 = between("i0", root);
    Minted leaf = Mint.node(i0).mint();
    add("the configured CA is an intermediate", i0, leaf);
    add("the configured CA is an intermediate, and shown", i0, leaf, i0);
    Minted last = Mint.ca("last").by(root).pathLength(0).mint();
    Minted tooMany = between("i1", last);
    add(
        "below a configured intermediate of path length 0",
        last,
        Mint.node(tooMany).mint(),
        tooMany);
    Minted next = Mint.ca("root").key("P-384").mint();
    cases.put(
        "two configured CAs of one name",
        new Chain(
            List.of(leaf.certificate(), i0.certificate()),
            List.of(next.certificate(), root.certificate())));
    Minted renewed = Mint.ca("root").keyOf(root).mint();
    Minted expired = Mint.ca("root").keyOf(root).valid(Mint.NOW - Mint.DAY, Mint.NOW - 1000).mint();
    cases.put(
        "a configured CA before and after its renewal",
        new Chain(
            List.of(leaf.certificate(), i0.certificate()),
            List.of(expired.certificate(), renewed.certificate())));
  }

  private static GeneralName address(String text) {
    return new GeneralName(GeneralName.iPAddress, text);
  }

  private static GeneralName dns(String text) {
    return new GeneralName(GeneralName.dNSName, text);
  }
}
