package io.landfall.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.NodeName;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

  private static Revocations good(String text) {
    return ((FileResult.Good<Revocations>) Revocations.parse("revoked", text)).value();
  }

  @Test
  void aSerialIsComparedByItsNumberAndKeepsItsInnerZeros() {
    assertThat(good("serial 0").serials()).containsExactly("0");
    assertThat(good("serial 00:00").serials()).containsExactly("0");
    assertThat(good("serial 0a0f").serials()).containsExactly("a0f");
    assertThat(good("serial " + "9".repeat(40)).serials()).containsExactly("9".repeat(40));
    assertThat(Revocations.parse("revoked", "serial " + "9".repeat(41)))
        .isInstanceOf(FileResult.Bad.class);
    for (String digit : new String[] {"/", "g", "`", "@"}) {
      assertThat(Revocations.parse("revoked", "serial 1" + digit))
          .isInstanceOf(FileResult.Bad.class);
    }
  }

  @Test
  void aListHasItsMostEntriesAndNoMore() {
    String most =
        IntStream.range(0, Revocations.MAX_ENTRIES - 2)
            .mapToObj(i -> "serial " + Integer.toHexString(i))
            .collect(Collectors.joining("\n"));
    String rest = "\nnode nyc\nkey " + "ab".repeat(32);
    assertThat(good(most + rest).size()).isEqualTo(Revocations.MAX_ENTRIES);
    assertThat(((FileResult.Bad<Revocations>) Revocations.parse("r", most + rest + "\nnode x")))
        .satisfies(bad -> assertThat(bad.sentence()).startsWith("r:10001: more than 10000"));
  }

  @Test
  void oneListCoversAnotherThatHasNothingElse() {
    Revocations all = good("serial 1\nkey " + "ab".repeat(32) + "\nnode nyc");
    assertThat(all.covers(Revocations.NONE)).isTrue();
    assertThat(all.covers(all)).isTrue();
    for (String line : new String[] {"serial 2", "key " + "cd".repeat(32), "node sin"}) {
      assertThat(all.covers(good(line))).as(line).isFalse();
    }
  }

  @Test
  void aPeerIsRevokedByNameBySerialAndByEachKeyOfItsChain() {
    PeerIdentity peer = Peers.peer("nyc", "10.32.0.2", 0);
    assertThat(good("node nyc").reasonFor(peer)).contains("the list names node nyc");
    assertThat(good("node nyc2").reasonFor(peer)).isEmpty();
    assertThat(good("serial " + peer.serial()).reasonFor(peer))
        .contains("the list names serial " + peer.serial());
    List<String> chain = List.of("ab".repeat(32), "cd".repeat(32), "ef".repeat(32));
    PeerIdentity withKeys =
        new PeerIdentity(
            peer.name(), peer.identity(), new TreeSet<>(), "12".repeat(32), chain, 0, "1");
    for (String key : chain) {
      assertThat(good("key " + key).reasonFor(withKeys).orElseThrow())
          .startsWith("the list names key " + key)
          .matches(why -> why.endsWith(", of a CA above it") != key.equals(chain.getFirst()));
    }
    assertThat(good("key " + "12".repeat(32)).reasonFor(withKeys)).isEmpty();
  }

  @Test
  void ofManyBadLinesTheFirstTwentyAreReportedAndTheRestCounted() {
    assertThat(sentence("x\n".repeat(Revocations.MAX_REPORTED)))
        .contains("line 20: ")
        .doesNotContain("further");
    assertThat(sentence("x\n".repeat(Revocations.MAX_REPORTED + 1)))
        .doesNotContain("line 21: ")
        .endsWith("; and 1 further bad line");
  }

  private static String sentence(String text) {
    return ((FileResult.Bad<Revocations>) Revocations.parse("revoked", text)).sentence();
  }
}
