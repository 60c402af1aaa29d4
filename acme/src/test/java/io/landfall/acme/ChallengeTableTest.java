package io.landfall.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The challenges that a node answers, and how nodes tell each other of them. */
class ChallengeTableTest {
  private static final String NAME = "shop.test";
  private static final String THUMB = "t".repeat(43);
  private static final String TOKEN = "a".repeat(43);
  private static final PendingChallenge HTTP = http(NAME, TOKEN);
  private static final PendingChallenge TLS =
      new PendingChallenge(ChallengeType.TLS_ALPN_01, "shop.test", TOKEN, TOKEN + "." + THUMB);

  private final ChallengeTable table = new ChallengeTable();

  private static PendingChallenge http(String name, String token) {
    return new PendingChallenge(ChallengeType.HTTP_01, name, token, token + "." + THUMB);
  }

  @Test
  void whatAnOwnerPutsStandsInPlaceOfWhatItHad() {
    assertThat(table.put("fra", List.of(HTTP, TLS), 0)).isEmpty();
    assertThat(table.keyAuthorization(NAME, TOKEN, 0)).contains(TOKEN + "." + THUMB);
    assertThat(table.forName("shop.test", 0)).contains(TLS);
    assertThat(table.put("fra", List.of(http("b.test", "b".repeat(43))), 0)).isEmpty();
    assertThat(table.keyAuthorization(NAME, TOKEN, 0)).isEmpty();
    assertThat(table.forName("shop.test", 0)).isEmpty();
    table.put("fra", List.of(), 0);
    assertThat(table.size()).isZero();
  }

  @Test
  void aTokenIsAnsweredForItsOwnNameOnly() {
    table.put("fra", List.of(HTTP), 0);
    assertThat(table.keyAuthorization("other.test", TOKEN, 0)).isEmpty();
    assertThat(table.keyAuthorization("", TOKEN, 0)).isEmpty();
  }

  @Test
  void noOwnerTakesWhatAnotherHas() {
    table.put("fra", List.of(HTTP, TLS), 0);
    PendingChallenge other =
        new PendingChallenge(
            ChallengeType.TLS_ALPN_01, "shop.test", TOKEN, TOKEN + "." + "x".repeat(43));
    PendingChallenge sameToken =
        new PendingChallenge(
            ChallengeType.HTTP_01, "evil.test", TOKEN, TOKEN + "." + "x".repeat(43));
    assertThat(table.put("nyc", List.of(other, sameToken), 0))
        .containsExactly("shop.test", "evil.test");
    assertThat(table.forName("shop.test", 0)).contains(TLS);
    assertThat(table.keyAuthorization(NAME, TOKEN, 0)).contains(TOKEN + "." + THUMB);
    table.put("fra", List.of(), 0);
    assertThat(table.put("nyc", List.of(other), 0)).isEmpty();
    assertThat(table.forName("shop.test", 0)).contains(other);
  }

  @Test
  void whatNobodyTakesBackEnds() {
    table.put("fra", List.of(HTTP, TLS), 0);
    long end = ChallengeTable.LIFETIME.toNanos();
    assertThat(table.keyAuthorization(NAME, TOKEN, end - 1)).isPresent();
    assertThat(table.keyAuthorization(NAME, TOKEN, end)).isEmpty();
    assertThat(table.forName("shop.test", end)).isEmpty();
    assertThat(table.put("nyc", List.of(TLS), end)).as("the name is free again").isEmpty();
    assertThat(table.size()).isEqualTo(1);
  }

  @Test
  void aMessageIsReadAsItWasWritten() {
    List<PendingChallenge> all = List.of(HTTP, TLS);
    assertThat(ChallengeMessage.decode(ChallengeMessage.encode(all))).contains(all);
    assertThat(ChallengeMessage.decode(ChallengeMessage.encode(List.of()))).contains(List.of());
    assertThat(ChallengeMessage.encode(all)[0]).isEqualTo(ChallengeMessage.MARK);
    assertThat(ChallengeMessage.busy(ChallengeMessage.answer(List.of("b.test", "a.test"))))
        .contains(List.of("a.test", "b.test"));
    assertThat(ChallengeMessage.busy(ChallengeMessage.answer(List.of()))).contains(List.of());
  }

  @Test
  void whatIsNotExactlyAMessageIsNone() {
    String good = new String(ChallengeMessage.encode(List.of(HTTP)), StandardCharsets.US_ASCII);
    for (String bad :
        List.of(
            "",
            "A",
            "ACME 2\n",
            good.strip(),
            good + "\n",
            good.replace("http-01", "dns-01"),
            good.replace("shop.test", "*.shop.test"),
            good.replace("shop.test", "SHOP.test"),
            good.replace(TOKEN + ".", TOKEN + "!"),
            good.replace(" " + TOKEN + " ", " short "),
            good.replace("\n", " more\n"))) {
      assertThat(ChallengeMessage.decode(bad.getBytes(StandardCharsets.US_ASCII)))
          .as(bad)
          .isEmpty();
    }
    assertThat(ChallengeMessage.busy("TAKEN 1\n*\n".getBytes(StandardCharsets.US_ASCII))).isEmpty();
  }

  @Test
  void aMessageHasNoMoreThanItsBound() {
    List<PendingChallenge> all = new ArrayList<>();
    for (int i = 0; i < ChallengeMessage.MAX_CHALLENGES; i++) {
      all.add(http("a" + i + ".test", "t".repeat(40) + i));
    }
    assertThat(ChallengeMessage.decode(ChallengeMessage.encode(all))).contains(all);
    all.add(HTTP);
    assertThat(ChallengeMessage.decode(ChallengeMessage.encode(all))).isEmpty();
  }

  @Test
  void theFormOfAChallengeIsChecked() {
    for (String name : List.of("", "test", "*.shop.test", "shop..test", "-a.test", "a b.test")) {
      assertThatThrownBy(() -> http(name, TOKEN))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (String token : List.of("", "a".repeat(21), "a".repeat(129), "a/" + TOKEN)) {
      assertThatThrownBy(() -> http("shop.test", token))
          .as(token)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(
            () -> new PendingChallenge(ChallengeType.HTTP_01, "shop.test", TOKEN, TOKEN + ".x"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(HTTP.toString()).doesNotContain(THUMB);
  }
}
