package io.landfall.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The key of an account, over restarts, and the shape of what it signs. */
class AccountKeyTest {
  @TempDir Path folder;

  @Test
  void theFileThatItMakesGivesTheSameKeyAgain() throws Exception {
    Path file = folder.resolve("new/account.pem");
    AccountKey made = AccountKey.at(file);
    AccountKey read = AccountKey.at(file);
    assertThat(read.thumbprint()).isEqualTo(made.thumbprint()).hasSize(43);
    assertThat(made.jwk()).startsWith("{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"");
    assertThat(
            new PendingChallenge(
                ChallengeType.HTTP_01,
                "a.test",
                "a".repeat(43),
                read.keyAuthorization("a".repeat(43))))
        .isNotNull();
  }

  @Test
  void aFileThatIsNoneNamesWhatIsWrong() throws Exception {
    Path file = folder.resolve("account.pem");
    AccountKey.at(file);
    String good = Files.readString(file);
    Files.writeString(file, good.substring(0, good.indexOf("-----BEGIN PUBLIC")));
    assertThatThrownBy(() -> AccountKey.at(file)).hasMessageContaining("has no PUBLIC KEY block");
    Files.writeString(
        file, good.replace("-----BEGIN PUBLIC KEY-----\nM", "-----BEGIN PUBLIC KEY-----\nA"));
    assertThatThrownBy(() -> AccountKey.at(file)).hasMessageContaining("PUBLIC KEY block");
    Files.writeString(file, good.replace("PRIVATE KEY-----\nM", "PRIVATE KEY-----\nA"));
    assertThatThrownBy(() -> AccountKey.at(file)).hasMessageContaining("account.pem");
  }

  @Test
  void aSignatureHasTwoNumbersOfThirtyTwoBytes() {
    String signed = AccountKey.generate().sign("\"nonce\":\"n\"", "{}");
    String signature =
        signed.substring(signed.indexOf("\"signature\":\"") + 13, signed.length() - 2);
    assertThat(Base64.getUrlDecoder().decode(signature)).hasSize(64);
    String header =
        signed.substring("{\"protected\":\"".length(), signed.indexOf("\",\"payload\""));
    assertThat(new String(Base64.getUrlDecoder().decode(header), StandardCharsets.UTF_8))
        .isEqualTo("{\"alg\":\"ES256\",\"nonce\":\"n\"}");
  }

  @Test
  void aBindingIsSignedWithTheKeyOfTheOtherAccount() {
    AccountKey key = AccountKey.generate();
    byte[] shared = new byte[32];
    String bound = key.bind("kid-1", shared, "https://acme.test/new");
    assertThat(bound).isEqualTo(key.bind("kid-1", shared, "https://acme.test/new"));
    assertThat(bound).isNotEqualTo(key.bind("kid-1", new byte[] {1}, "https://acme.test/new"));
    String payload =
        bound.substring(bound.indexOf("\"payload\":\"") + 11, bound.indexOf("\",\"sig"));
    assertThat(new String(Base64.getUrlDecoder().decode(payload), StandardCharsets.UTF_8))
        .isEqualTo(key.jwk());
  }
}
