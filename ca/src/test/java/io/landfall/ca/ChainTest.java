package io.landfall.ca;

import static io.landfall.ca.TestCertificate.between;
import static io.landfall.ca.TestCertificate.check;
import static io.landfall.ca.TestCertificate.node;
import static io.landfall.ca.TestCertificate.root;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.TestCertificate.Made;
import io.landfall.trust.AdmissionResult.Admitted;
import io.landfall.trust.AdmissionResult.Refused;
import io.landfall.trust.AdmissionRule;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the certificates above a node's allow (RFC 5280 section 4.2.1 and 6.1). The JDK takes only
 * name and key of a configured CA, so the rules of that one are those of this room.
 */
class ChainTest {
  private static final ASN1ObjectIdentifier UNKNOWN = new ASN1ObjectIdentifier("1.3.6.1.4.1.99.1");

  private static void admits(Made authority, Made... shown) {
    assertThat(check(List.of(authority), shown)).isInstanceOf(Admitted.class);
  }

  private static void refuses(String why, Made authority, Made... shown) {
    refuses(AdmissionRule.WRONG_CA, why, authority, shown);
  }

  private static void refuses(AdmissionRule rule, String why, Made authority, Made... shown) {
    assertThat(check(List.of(authority), shown))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.rule()).as(refused.sentence()).isEqualTo(rule);
              assertThat(refused.sentence()).contains(why);
            });
  }

  private static NameConstraints names(boolean permitted, GeneralName tree) {
    GeneralSubtree[] trees = {new GeneralSubtree(tree)};
    return permitted ? new NameConstraints(trees, null) : new NameConstraints(null, trees);
  }

  private static GeneralName addresses(String net) {
    return new GeneralName(GeneralName.iPAddress, net);
  }

  private static GeneralName directory(String name) {
    return new GeneralName(new X500Name(name));
  }

  @Test
  void aConfiguredCaWithACriticalExtensionOfNoKnownKindVouchesForNobody() {
    Made odd = root("CN=root").with(UNKNOWN, DERNull.INSTANCE).make();
    refuses("'CN=root' has a critical extension that is not known here", odd, node(odd).make());
    Made same = root("CN=root").with(UNKNOWN, false, new byte[] {5, 0}).make();
    admits(same, node(same).make());
  }

  @Test
  void aConfiguredCaWhoseKeyMayNotSignCertificatesVouchesForNobody() {
    Made crlsOnly = root("CN=root").with(Extension.keyUsage, new KeyUsage(KeyUsage.cRLSign)).make();
    refuses("'CN=root' has a key usage without keyCertSign", crlsOnly, node(crlsOnly).make());
    Made anyUse = root("CN=root").without(Extension.keyUsage).make();
    admits(anyUse, node(anyUse).make());
  }

  @Test
  void thePathLengthOfAConfiguredCaCountsTheCasBelowIt() {
    Made one = root("CN=root").with(Extension.basicConstraints, new BasicConstraints(1)).make();
    Made first = between("CN=first", one).make();
    Made second = between("CN=second", first).make();
    admits(one, node(one).make());
    admits(one, node(first).make(), first);
    refuses(
        "'CN=root' allows 1 CAs below it (path length), and there are 2",
        one,
        node(second).make(),
        second,
        first);
  }

  /** RFC 5280 section 4.2.1.9. */
  @Test
  void aCaThatIssuedItselfDoesNotCountForThePathLength() {
    Made none =
        root("CN=root")
            .with(Extension.basicConstraints, new BasicConstraints(0))
            .withKeyIds()
            .make();
    Made again = between("CN=root", none).withKeyIds().make();
    admits(none, node(again).withKeyIds().make(), again);
    Made other = between("CN=other", none).withKeyIds().make();
    refuses("allows 0 CAs below it", none, node(other).withKeyIds().make(), other);
  }

  @Test
  void theNameConstraintsOfAConfiguredCaHoldForTheNamesOfANode() {
    String broken = "'CN=root' has name constraints that the names below it break";
    Made inside =
        root("CN=root")
            .with(Extension.nameConstraints, names(true, addresses("10.32.0.0/23")))
            .make();
    admits(inside, node(inside).make());
    Made outside =
        root("CN=root")
            .with(Extension.nameConstraints, names(true, addresses("192.0.2.0/24")))
            .make();
    refuses(broken, outside, node(outside).make());
    Made excluded =
        root("CN=root")
            .with(Extension.nameConstraints, names(false, addresses("10.32.0.2/32")))
            .make();
    refuses(broken, excluded, node(excluded).make());
  }

  /** RFC 5280 section 4.2.1.10: not for a self-issued certificate, unless it is the last one. */
  @Test
  void theNameConstraintsOfAConfiguredCaHoldForEveryCertificateButThoseThatItIssuedToItself() {
    String broken = "'CN=root' has name constraints that the names below it break";
    Made top =
        root("CN=root")
            .with(Extension.nameConstraints, names(true, directory("O=Landfall")))
            .withKeyIds()
            .make();
    Made again = between("CN=root", top).withKeyIds().make();
    admits(top, node(again).subject("O=Landfall,CN=nyc").withKeyIds().make(), again);
    Made below = between("CN=other", top).withKeyIds().make();
    refuses(broken, top, node(below).subject("O=Landfall,CN=nyc").withKeyIds().make(), below);
    refuses(broken, top, node(top).subject("CN=root").withKeyIds().make());
  }

  @Test
  void aConfiguredCaWithNameConstraintsThatCannotBeReadVouchesForNobody() {
    Made unread = root("CN=root").with(Extension.nameConstraints, false, new byte[] {1}).make();
    refuses("'CN=root' has name constraints that are unreadable", unread, node(unread).make());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCaThatListsUsesVouchesForThoseOnly(boolean configured) {
    KeyPurposeId server = KeyPurposeId.id_kp_serverAuth;
    KeyPurposeId client = KeyPurposeId.id_kp_clientAuth;
    for (KeyPurposeId[] purposes :
        new KeyPurposeId[][] {{server}, {client}, {KeyPurposeId.anyExtendedKeyUsage}}) {
      ExtendedKeyUsage usage = new ExtendedKeyUsage(purposes);
      Made top =
          (configured ? root("CN=x").with(Extension.extendedKeyUsage, usage) : root("CN=root"))
              .make();
      Made below =
          (configured
                  ? between("CN=below", top)
                  : between("CN=x", top).with(Extension.extendedKeyUsage, usage))
              .make();
      refuses("'CN=x' has an extended key usage without", top, node(below).make(), below);
    }
    Made both =
        root("CN=root")
            .with(
                Extension.extendedKeyUsage,
                new ExtendedKeyUsage(new KeyPurposeId[] {server, client}))
            .make();
    admits(both, node(both).make());
  }

  /** RFC 5280 section 4.2.1.9: cA is TRUE, whatever the uses of the key. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aCertificateThatIsACasIsNoNodes(int pathLength) {
    Made top = root("CN=root").make();
    refuses(
        AdmissionRule.NOT_A_LEAF,
        "may sign others",
        top,
        node(top).with(Extension.basicConstraints, new BasicConstraints(pathLength)).make());
  }

  @Test
  void asManyCertificatesAsAPeerMayShowAreRead() {
    Made top = root("CN=root").make();
    Made first = node(top).make();
    Made[] most = Collections.nCopies(10, first).toArray(new Made[0]);
    admits(top, most);
  }

  @Test
  void ofTwoConfiguredCasOfOneNameTheOneWhoseKeySignedVouches() {
    Made one = root("CN=root").make();
    Made other = root("CN=root").make();
    Made signed = node(one).make();
    assertThat(check(List.of(one, other), signed)).isInstanceOf(Admitted.class);
    assertThat(check(List.of(other, one), signed)).isInstanceOf(Admitted.class);
    assertThat(check(List.of(other), signed)).isInstanceOf(Refused.class);
  }

  @Test
  void theCertificatesBetweenMayComeInAnyOrderAndWithOthers() {
    Made top = root("CN=root").make();
    Made upper = between("CN=upper", top).make();
    Made lower = between("CN=lower", upper).make();
    Made stranger = root("CN=stranger").make();
    Made leaf = node(lower).make();
    admits(top, leaf, lower, upper);
    admits(top, leaf, upper, lower);
    admits(top, leaf, stranger, upper, top, lower);
    refuses("no configured CA vouches", top, leaf, upper);
    refuses("no configured CA vouches", top, leaf, lower);
  }

  /** RFC 5280 section 4.2.1.1: the key identifier tells keys of one name apart. */
  @Test
  void ofTwoCertificatesOfOneNameTheOneOfTheNamedKeyIsTaken() {
    Made top = root("CN=root").withKeyIds().make();
    Made before = between("CN=between", top).withKeyIds().make();
    Made now = between("CN=between", top).withKeyIds().make();
    Made leaf = node(now).withKeyIds().make();
    admits(top, leaf, now, before);
    admits(top, leaf, before, now);
  }

  /**
   * The identifiers of keys may be left out, and so may that of an issuer of its name and serial.
   */
  @Test
  void whereOneOfTwoKeyIdentifiersIsMissingTheNameDecides() throws Exception {
    Made top = root("CN=root").make();
    Made without = between("CN=between", top).make();
    admits(top, node(without).withKeyIds().make(), without);
    Made with = between("CN=between", top).withKeyIds().make();
    admits(top, node(with).make(), with);
    X509Certificate issuer = with.certificate();
    byte[] byNameAndSerial =
        new AuthorityKeyIdentifier(new GeneralNames(directory("CN=root")), issuer.getSerialNumber())
            .getEncoded();
    admits(
        top,
        node(with).with(Extension.authorityKeyIdentifier, false, byNameAndSerial).make(),
        with);
  }

  /** Both are no one value, so neither names a key. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void aKeyIdentifierThatIsNotOneValueIsNone(int values) {
    byte[] bytes = new byte[2 * values];
    for (int i = 0; i < values; i++) {
      bytes[2 * i] = 4;
    }
    Made top = root("CN=root").make();
    Made between =
        between("CN=between", top).with(Extension.subjectKeyIdentifier, false, bytes).make();
    admits(top, node(between).withKeyIds().make(), between);
  }
}
