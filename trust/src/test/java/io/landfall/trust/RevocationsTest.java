package io.landfall.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.NodeName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RevocationsTest {
  @Test
  void theThreeKindsOfEntryAreReadAsToolsPrintThem() {
    FileResult<Revocations> read =
        Revocations.parse(
            "revoked",
            "# lost laptop\n\nserial 00:4F:2A\nkey " + "AB:".repeat(31) + "AB\nnode  nyc\r\n");
    assertThat(read).isInstanceOf(FileResult.Good.class);
    Revocations list = ((FileResult.Good<Revocations>) read).value();
    assertThat(list.serials()).containsExactly("4f2a");
    assertThat(list.keys()).containsExactly("ab".repeat(32));
    assertThat(list.nodes()).containsExactly(new NodeName("nyc"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serial",
        "serial xyz",
        "key abcd",
        "sha256 abababababababababababababababababababababababababababababababab",
        "node NYC",
        "name nyc",
        "node nyc sin",
        "*"
      })
  void aBadLineSpoilsTheListAndIsNamed(String line) {
    FileResult<Revocations> read = Revocations.parse("revoked", "node sin\n" + line + "\n");
    assertThat(read).isInstanceOf(FileResult.Bad.class);
    assertThat(((FileResult.Bad<Revocations>) read).sentence()).startsWith("revoked:2: ");
  }

  @Test
  void everyBadLineIsReportedUpToABound() {
    FileResult<Revocations> two = Revocations.parse("revoked", "serial xyz\nnode sin\nkey abcd\n");
    assertThat(((FileResult.Bad<Revocations>) two).sentence())
        .isEqualTo(
            "revoked:1: 'xyz' is not 1 to 40 hex digits; line 3: 'abcd' is not 64 hex digits");

    int most = Revocations.MAX_REPORTED;
    FileResult<Revocations> many = Revocations.parse("revoked", "serial xyz\n".repeat(most + 5));
    assertThat(((FileResult.Bad<Revocations>) many).sentence())
        .contains("; line " + most + ": ")
        .doesNotContain("line " + (most + 1))
        .endsWith("; and 5 further bad lines");
  }

  @Test
  void anEmptyListRevokesNobody() {
    assertThat(Revocations.NONE.reasonFor(Peers.peer("nyc", "10.32.0.2", 0))).isEmpty();
  }
}
