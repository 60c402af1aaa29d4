package io.landfall.ca;

import static io.landfall.ca.TestCertificate.between;
import static io.landfall.ca.TestCertificate.check;
import static io.landfall.ca.TestCertificate.key;
import static io.landfall.ca.TestCertificate.node;
import static io.landfall.ca.TestCertificate.root;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.TestCertificate.Made;
import io.landfall.trust.AdmissionResult;
import io.landfall.trust.AdmissionResult.Admitted;
import io.landfall.trust.AdmissionResult.Refused;
import io.landfall.trust.AdmissionRule;
import java.security.KeyPair;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How strong the keys and the signatures of a chain have to be. */
class StrengthTest {
  private static final KeyPair RSA = key("RSA", 2048);

  private static void tooWeak(String why, AdmissionResult result) {
    assertThat(result)
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.rule()).as(refused.sentence()).isEqualTo(AdmissionRule.TOO_WEAK);
              assertThat(refused.sentence()).contains(why);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHA1withRSA", "SHA1withRSAandMGF1"})
  void aSignatureOverSha1IsTooWeakOnANodeAndOnACaBetween(String algorithm) {
    Made top = root("CN=root").key(RSA).signature("SHA256withRSA").make();
    String why = algorithm.endsWith("MGF1") ? "signed by RSASSA-PSS with SHA-1" : algorithm;
    tooWeak(
        "the certificate of 'CN=nyc' is too weak: it is ",
        check(List.of(top), node(top).signature(algorithm).make()));
    Made between = between("CN=between", top).signature(algorithm).make();
    tooWeak(
        "the certificate of 'CN=between' is too weak: it is ",
        check(List.of(top), node(between).make(), between));
    tooWeak(why, check(List.of(top), node(between).make(), between));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SHA256withRSA",
        "SHA512withRSA",
        "SHA256withRSAandMGF1",
        "SHA384withRSAandMGF1",
        "SHA512withRSAandMGF1"
      })
  void aSignatureOverSha2IsTaken(String algorithm) {
    Made top = root("CN=root").key(RSA).signature(algorithm).make();
    assertThat(check(List.of(top), node(top).signature(algorithm).make()))
        .isInstanceOf(Admitted.class);
  }

  /** It is configured, so nothing is believed for its signature. */
  @Test
  void theSignatureOfAConfiguredCaOnItselfMayBeOfAnyKind() {
    Made top = root("CN=root").signature("SHA1withECDSA").make();
    assertThat(check(List.of(top), node(top).make())).isInstanceOf(Admitted.class);
    tooWeak(
        "signed by 'SHA1withECDSA'",
        check(List.of(top), node(top).signature("SHA1withECDSA").make()));
  }

  @Test
  void theKeyOfAConfiguredCaMayNotBeTooShort() {
    Made top = root("CN=root").key(key("RSA", 1024)).signature("SHA256withRSA").make();
    tooWeak(
        "the certificate of 'CN=root' is too weak: its key is RSA of 1024 bits",
        check(List.of(top), node(top).signature("SHA256withRSA").make()));
  }

  @Test
  void anRsaKeyOf2048BitsIsTakenOfANode() {
    Made top = root("CN=root").make();
    assertThat(check(List.of(top), node(top).key(RSA).make())).isInstanceOf(Admitted.class);
  }
}
