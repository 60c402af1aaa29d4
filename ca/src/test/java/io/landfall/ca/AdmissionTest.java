package io.landfall.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.ca.CertificateRequest.Usage;
import io.landfall.core.ServiceName;
import io.landfall.trust.Admission;
import io.landfall.trust.AdmissionConfig;
import io.landfall.trust.AdmissionResult;
import io.landfall.trust.AdmissionResult.Admitted;
import io.landfall.trust.AdmissionResult.Refused;
import io.landfall.trust.AdmissionRule;
import io.landfall.trust.FileResult;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.TreeSet;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

// Bouncy Castle's builder speaks in java.util.Date.
@SuppressWarnings("JavaUtilDate")
class AdmissionTest {
  /** As many certificates as a peer may show. */
  private static final int LONGEST_CHAIN = 10;

  private final Admission admission = new Admission(Pki.config());

  private void refuses(AdmissionRule rule, CertificateRequest request) {
    refuses(rule, Pki.chain(request));
  }

  private void refuses(AdmissionRule rule, List<X509Certificate> chain) {
    AdmissionResult result = admission.check(chain, Pki.NOW);
    assertThat(result).isInstanceOf(Refused.class);
    assertThat(((Refused) result).rule()).as(result.toString()).isEqualTo(rule);
    assertThat(admission.refusals()).containsEntry(rule.label(), 1L);
  }

  @Test
  void aGoodCertificateProvesNameIdentityAndServices() {
    AdmissionResult result = admission.check(Pki.chain(Pki.nyc()), Pki.NOW);

    assertThat(result).isInstanceOf(Admitted.class);
    PeerIdentity peer = ((Admitted) result).peer();
    assertThat(peer.name()).isEqualTo(Pki.NYC);
    assertThat(peer.identity()).isEqualTo(Pki.host("10.32.0.2"));
    assertThat(peer.entitledServices()).containsExactly(Pki.SHOP);
    assertThat(peer.notAfterMillis() / 1000).isEqualTo((Pki.NOW + Pki.DAY) / 1000);
    assertThat(peer.fingerprint()).hasSize(64);
    assertThat(admission.refusals()).isEmpty();
  }

  @Test
  void theCaMayBeSentAlong() {
    List<X509Certificate> chain = List.of(Pki.chain(Pki.nyc()).getFirst(), Pki.CA.certificate());
    assertThat(admission.check(chain, Pki.NOW)).isInstanceOf(Admitted.class);
  }

  @Test
  void anotherCaIsRefused() {
    CertificateAuthority other = CertificateAuthority.generate("Landfall test CA", Pki.NOW);
    refuses(AdmissionRule.WRONG_CA, other.issue(Pki.nyc()).chain());
  }

  @Test
  void anotherCaOfAnotherNameIsRefused() {
    CertificateAuthority other = CertificateAuthority.generate("Somebody else", Pki.NOW);
    refuses(AdmissionRule.WRONG_CA, other.issue(Pki.nyc()).chain());
  }

  @Test
  void anotherCaIsRefusedEvenWhenItSendsItselfAlong() {
    CertificateAuthority other = CertificateAuthority.generate("Landfall test CA", Pki.NOW);
    refuses(
        AdmissionRule.WRONG_CA, List.of(other.issue(Pki.nyc()).certificate(), other.certificate()));
  }

  @Test
  void duringARotationBothCasAreBelieved() {
    CertificateAuthority next = CertificateAuthority.generate("Landfall next CA", Pki.NOW);
    AdmissionConfig base = Pki.config();
    Admission both =
        new Admission(
            new AdmissionConfig(
                base.trustDomain(),
                base.block(),
                List.of(Pki.CA.certificate(), next.certificate()),
                base.ownName(),
                base.ownIdentity()));
    assertThat(both.check(Pki.chain(Pki.nyc()), Pki.NOW)).isInstanceOf(Admitted.class);
    assertThat(both.check(next.issue(Pki.nyc()).chain(), Pki.NOW)).isInstanceOf(Admitted.class);
  }

  @Test
  void anotherTrustDomainIsRefusedThoughOurCaSigned() {
    refuses(AdmissionRule.WRONG_TRUST_DOMAIN, Pki.nyc().withUris("spiffe://cdn.other/node/nyc"));
  }

  @Test
  void theTrustDomainIsReadBeforeTheChain() {
    CertificateAuthority other = CertificateAuthority.generate("Somebody else", Pki.NOW);
    refuses(
        AdmissionRule.WRONG_TRUST_DOMAIN,
        other.issue(Pki.nyc().withUris("spiffe://cdn.other/workload/x")).chain());
  }

  @Test
  void twoUriNamesAreRefused() {
    refuses(
        AdmissionRule.TWO_URI_NAMES,
        Pki.nyc().withUris("spiffe://cdn.example/node/nyc", "spiffe://cdn.example/node/sin"));
  }

  @Test
  void noUriNameIsRefused() {
    refuses(AdmissionRule.NO_URI_NAME, Pki.nyc().withUris());
  }

  @Test
  void aUriThatIsNoSpiffeNameIsRefused() {
    refuses(AdmissionRule.NOT_A_SPIFFE_ID, Pki.nyc().withUris("https://cdn.example/node/nyc"));
  }

  @Test
  void aSpiffeNameOfNoNodeIsRefused() {
    refuses(AdmissionRule.NOT_A_NODE, Pki.nyc().withUris("spiffe://cdn.example/workload/nyc"));
  }

  @Test
  void anExpiredCertificateIsRefused() {
    refuses(AdmissionRule.EXPIRED, Pki.nyc().withValidity(Pki.NOW - Pki.DAY, Pki.NOW - 1000));
  }

  @Test
  void aCertificateOfTheFutureIsRefused() {
    refuses(
        AdmissionRule.NOT_YET_VALID, Pki.nyc().withValidity(Pki.NOW + 60_000, Pki.NOW + Pki.DAY));
  }

  @Test
  void aRefusalForItsDatesTellsThemAndThisNodesClock() {
    CertificateRequest early = Pki.nyc().withValidity(Pki.NOW + 60_000, Pki.NOW + Pki.DAY);
    assertThat(((Refused) admission.check(Pki.chain(early), Pki.NOW)).sentence())
        .isEqualTo(
            "the certificate is valid from 2026-11-18T11:07:40Z to 2026-11-19T11:06:40Z, this"
                + " node's clock shows 2026-11-18T11:06:40Z: check the clocks of this node and of"
                + " the issuer");
    CertificateRequest late = Pki.nyc().withValidity(Pki.NOW - Pki.DAY, Pki.NOW - 1000);
    assertThat(((Refused) admission.check(Pki.chain(late), Pki.NOW)).sentence())
        .contains("2026-11-17T11:06:40Z to 2026-11-18T11:06:39Z")
        .contains("this node's clock shows 2026-11-18T11:06:40Z")
        .contains("check this node's clock");
  }

  @Test
  void anIpv4AddressInTheFormOfIpv6IsNoIdentity() {
    refuses(AdmissionRule.IDENTITY_OUTSIDE_BLOCK, Pki.nyc().withAddresses("::ffff:10.32.0.9"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA 1024", "EC 521", "Ed25519 255"})
  void aKeyThatCannotDoTlsOnEveryConnectionIsRefused(String kind) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(kind.split(" ")[0]);
    generator.initialize(Integer.parseInt(kind.split(" ")[1]));
    refuses(
        kind.startsWith("RSA") ? AdmissionRule.TOO_WEAK : AdmissionRule.UNUSABLE_KEY,
        Pki.CA.issue(Pki.nyc(), generator.generateKeyPair()).chain());
  }

  @Test
  void anExpiredCaVouchesForNobody() {
    AdmissionResult result =
        admission.check(
            Pki.chain(Pki.nyc().withValidity(Pki.NOW, Pki.NOW + 20 * 366 * Pki.DAY)),
            Pki.NOW + 11 * 366 * Pki.DAY);
    assertThat(result)
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.rule()).isEqualTo(AdmissionRule.EXPIRED));
  }

  @Test
  void anIdentityOutsideTheBlockIsRefused() {
    refuses(AdmissionRule.IDENTITY_OUTSIDE_BLOCK, Pki.nyc().withAddresses("192.0.2.7"));
  }

  @Test
  void anIpv6IdentityInAnIpv4BlockIsRefused() {
    refuses(AdmissionRule.IDENTITY_OUTSIDE_BLOCK, Pki.nyc().withAddresses("fd00::2"));
  }

  @Test
  void noIdentityIsRefused() {
    refuses(AdmissionRule.NO_IDENTITY, Pki.nyc().withAddresses());
  }

  @Test
  void twoIdentitiesAreRefused() {
    refuses(AdmissionRule.TWO_IDENTITIES, Pki.nyc().withAddresses("10.32.0.2", "10.32.0.3"));
  }

  @Test
  void aDnsNameThatEntitlesToNothingIsRefused() {
    refuses(AdmissionRule.UNKNOWN_NAME, Pki.nyc().withDnsNames("www.example"));
    assertThat(admission.check(Pki.chain(Pki.nyc().withDnsNames("*.service.cdn.example")), Pki.NOW))
        .isInstanceOf(Refused.class);
    assertThat(
            admission.check(Pki.chain(Pki.nyc().withDnsNames("shop.service.cdn.other")), Pki.NOW))
        .isInstanceOf(Refused.class);
  }

  @Test
  void tooManyServicesAreRefused() {
    String[] names = new String[Admission.MAX_SERVICES + 1];
    for (int i = 0; i < names.length; i++) {
      names[i] = Pki.DOMAIN.dnsNameOf(new ServiceName("s" + i));
    }
    refuses(AdmissionRule.TOO_MANY_SERVICES, Pki.nyc().withDnsNames(names));
  }

  @Test
  void aCertificateForServersOnlyIsRefused() {
    refuses(AdmissionRule.WRONG_USAGE, Pki.nyc().withUsages(Usage.SERVER));
  }

  @Test
  void withoutExtendedKeyUsageEveryUseIsAllowed() {
    assertThat(admission.check(Pki.chain(Pki.nyc().withUsages()), Pki.NOW))
        .isInstanceOf(Admitted.class);
  }

  @Test
  void theCaItselfIsNoNode() {
    // The CA's own certificate has no names at all, which is what is seen first.
    refuses(AdmissionRule.NO_URI_NAME, List.of(Pki.CA.certificate()));
  }

  @Test
  void aNodeNameOnACertificateThatMaySignOthersIsRefused() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair pair = generator.generateKeyPair();
    X500Principal subject = new X500Principal("CN=nyc");
    X509Certificate signing =
        new JcaX509CertificateConverter()
            .getCertificate(
                new JcaX509v3CertificateBuilder(
                        subject,
                        BigInteger.ONE,
                        Date.from(Instant.ofEpochMilli(Pki.NOW - Pki.DAY)),
                        Date.from(Instant.ofEpochMilli(Pki.NOW + Pki.DAY)),
                        subject,
                        pair.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
                    .addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(
                            new GeneralName(
                                GeneralName.uniformResourceIdentifier,
                                "spiffe://cdn.example/node/nyc")))
                    .build(
                        new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
    AdmissionResult result =
        new Admission(withAuthorities(List.of(signing))).check(List.of(signing), Pki.NOW);
    assertThat(result)
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.rule()).isEqualTo(AdmissionRule.NOT_A_LEAF));
  }

  @Test
  void noCertificateIsRefused() {
    refuses(AdmissionRule.NO_CERTIFICATE, List.<X509Certificate>of());
  }

  @Test
  void aLongChainIsRefusedUnread() {
    X509Certificate leaf = Pki.chain(Pki.nyc()).getFirst();
    refuses(AdmissionRule.CHAIN_TOO_LONG, Collections.nCopies(LONGEST_CHAIN + 1, leaf));
  }

  @Test
  void ourOwnIdentityIsRefusedAndBothAreNamed() {
    AdmissionResult result =
        admission.check(Pki.chain(Pki.nyc().withAddresses("10.32.0.1")), Pki.NOW);
    assertThat(result)
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.rule()).isEqualTo(AdmissionRule.OWN_IDENTITY);
              assertThat(refused.sentence()).contains("nyc").contains("fra").contains("10.32.0.1");
            });
  }

  @Test
  void ourOwnNameIsRefused() {
    refuses(AdmissionRule.OWN_NAME, Pki.nyc().withUris("spiffe://cdn.example/node/fra"));
  }

  @Test
  void revocationActsBySerialKeyAndNameFromTheNextCheckOn() {
    List<X509Certificate> chain = Pki.chain(Pki.nyc());
    PeerIdentity peer = ((Admitted) admission.check(chain, Pki.NOW)).peer();
    for (String line :
        List.of("serial " + peer.serial(), "key " + peer.keys().getFirst(), "node nyc")) {
      admission.revoke(((FileResult.Good<Revocations>) Revocations.parse("revoked", line)).value());
      assertThat(admission.check(chain, Pki.NOW))
          .as(line)
          .isInstanceOfSatisfying(
              Refused.class, r -> assertThat(r.rule()).isEqualTo(AdmissionRule.REVOKED));
    }
    admission.revoke(Revocations.NONE);
    assertThat(admission.check(chain, Pki.NOW)).isInstanceOf(Admitted.class);
  }

  @Test
  void ourOwnCertificateHasToBeOurs() {
    CertificateRequest fra =
        CertificateRequest.node(
            Pki.DOMAIN, Pki.FRA, Pki.host("10.32.0.1"), List.of(), Pki.NOW, Pki.DAY);
    assertThat(admission.checkOwn(Pki.chain(fra), Pki.NOW)).isInstanceOf(Admitted.class);
    assertThat(admission.checkOwn(Pki.chain(Pki.nyc()), Pki.NOW))
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.rule()).isEqualTo(AdmissionRule.NOT_OURS));
  }

  @Test
  void aConfigurationThatTrustsNobodyOrALeafIsRefused() {
    assertThatThrownBy(() -> withAuthorities(List.of())).hasMessageContaining("1 to 16");
    assertThatThrownBy(() -> withAuthorities(Pki.chain(Pki.nyc())))
        .hasMessageContaining("not a CA");
    List<X509Certificate> most =
        Collections.nCopies(AdmissionConfig.MAX_AUTHORITIES, Pki.CA.certificate());
    assertThat(withAuthorities(most).authorities()).hasSize(AdmissionConfig.MAX_AUTHORITIES);
    List<X509Certificate> more =
        Collections.nCopies(AdmissionConfig.MAX_AUTHORITIES + 1, Pki.CA.certificate());
    assertThatThrownBy(() -> withAuthorities(more)).hasMessageContaining("1 to 16");
  }

  private static AdmissionConfig withAuthorities(List<X509Certificate> authorities) {
    return new AdmissionConfig(Pki.DOMAIN, Pki.BLOCK, authorities, Pki.FRA, Pki.host("10.32.0.1"));
  }

  @Test
  void aPeerIdentityDoesNotChangeWithTheSetItWasMadeFrom() {
    TreeSet<ServiceName> services = new TreeSet<>();
    PeerIdentity peer =
        new PeerIdentity(
            Pki.NYC, Pki.host("10.32.0.2"), services, "ab".repeat(32), List.of(), 0, "1");
    services.add(Pki.SHOP);
    assertThat(peer.entitledServices()).isEmpty();
  }
}
