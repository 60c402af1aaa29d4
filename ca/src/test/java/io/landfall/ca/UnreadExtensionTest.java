package io.landfall.ca;

import static io.landfall.ca.TestCertificate.between;
import static io.landfall.ca.TestCertificate.check;
import static io.landfall.ca.TestCertificate.node;
import static io.landfall.ca.TestCertificate.root;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.TestCertificate.Made;
import io.landfall.trust.AdmissionResult;
import io.landfall.trust.AdmissionResult.Refused;
import io.landfall.trust.AdmissionRule;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The JDK leaves out an extension that is not critical and that it cannot read. What it limits
 * would be without a limit then.
 */
class UnreadExtensionTest {
  private static final byte[] NO_VALUE = {1};

  private static void refused(AdmissionRule rule, String why, AdmissionResult result) {
    assertThat(result)
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.rule()).as(refused.sentence()).isEqualTo(rule);
              assertThat(refused.sentence()).contains(why);
            });
  }

  @ParameterizedTest
  @CsvSource({"2.5.29.15, key usage is unreadable", "2.5.29.37, extended key usage"})
  void usesThatCannotBeReadOfANodeAreRefused(String oid, String why) {
    ASN1ObjectIdentifier extension = new ASN1ObjectIdentifier(oid);
    Made top = root("CN=root").make();
    refused(
        AdmissionRule.WRONG_USAGE,
        why,
        check(List.of(top), node(top).with(extension, false, NO_VALUE).make()));
  }

  @ParameterizedTest
  @CsvSource({
    "2.5.29.15, key usage that is unreadable",
    "2.5.29.37, extended key usage",
    "2.5.29.30, name constraints that are unreadable"
  })
  void limitsThatCannotBeReadOfACaAreRefused(String oid, String why) {
    ASN1ObjectIdentifier extension = new ASN1ObjectIdentifier(oid);
    Made top = root("CN=root").make();
    Made between = between("CN=between", top).with(extension, false, NO_VALUE).make();
    refused(
        AdmissionRule.WRONG_CA,
        "'CN=between' has",
        check(List.of(top), node(between).make(), between));
    refused(AdmissionRule.WRONG_CA, why, check(List.of(top), node(between).make(), between));
    Made odd = root("CN=odd").with(extension, false, NO_VALUE).make();
    refused(AdmissionRule.WRONG_CA, "'CN=odd' has", check(List.of(odd), node(odd).make()));
    refused(AdmissionRule.WRONG_CA, why, check(List.of(odd), node(odd).make()));
  }
}
