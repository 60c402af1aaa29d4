package io.landfall.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Accept-Encoding against a slow reading of RFC 9110 section 12.5.3. */
class AcceptedCodingsProperty {
  private static final int FIELDS = 200_000;
  private static final List<String> NAMES =
      List.of("gzip", "br", "zstd", "identity", "*", "deflate", "GZip", "compress");
  private static final List<Integer> WEIGHTS = List.of(0, 1, 250, 500, 500, 999, 1000);

  private record Member(String name, int weight) {}

  private static @Nullable Coding best(String accept) {
    return AcceptedCodings.of(accept).best(CompressionPolicy.DEFAULT.codings());
  }

  /** The weight that a list gives a name: its own, or that of the asterisk; -1 for none. */
  private static int weight(List<Member> members, String name) {
    int own = -1;
    int rest = -1;
    for (Member each : members) {
      String lower = each.name().toLowerCase(Locale.ROOT);
      own = lower.equals(name) ? Math.max(own, each.weight()) : own;
      rest = lower.equals("*") ? Math.max(rest, each.weight()) : rest;
    }
    return own >= 0 || name.equals("identity") ? own : rest;
  }

  private static @Nullable Coding expected(List<Member> members) {
    Coding best = null;
    int most = 0;
    for (Coding each : CompressionPolicy.DEFAULT.codings()) {
      if (weight(members, each.token()) > most) {
        most = weight(members, each.token());
        best = each;
      }
    }
    return weight(members, "identity") > most ? null : best;
  }

  @Test
  void theBestCodingIsTheOneOfTheReference() {
    Random random = new Random(9110);
    for (int i = 0; i < FIELDS; i++) {
      List<Member> members = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      int count = random.nextInt(6);
      for (int at = 0; at < count; at++) {
        Member member =
            new Member(
                NAMES.get(random.nextInt(NAMES.size())),
                WEIGHTS.get(random.nextInt(WEIGHTS.size())));
        members.add(member);
        text.append(at == 0 ? "" : random.nextBoolean() ? "," : " ,\t").append(member.name());
        if (member.weight() < 1000 || random.nextBoolean()) {
          String value = String.format(Locale.ROOT, "%.3f", member.weight() / 1000.0);
          text.append(random.nextBoolean() ? ";q=" : " ; Q=").append(value);
        }
      }
      assertThat(best(text.toString())).as(text.toString()).isEqualTo(expected(members));
    }
  }

  @Test
  void theExamplesOfTheRfc() {
    assertThat(best("compress, gzip")).isEqualTo(Coding.GZIP);
    assertThat(best("")).isNull();
    assertThat(best("*")).isEqualTo(Coding.BROTLI);
    assertThat(best("compress;q=0.5, gzip;q=1.0")).isEqualTo(Coding.GZIP);
    assertThat(best("gzip;q=1.0, identity; q=0.5, *;q=0")).isEqualTo(Coding.GZIP);
    assertThat(best("x-gzip")).isEqualTo(Coding.GZIP);
    assertThat(AcceptedCodings.ABSENT.best(Coding.ALL)).isNull();
    assertThat(AcceptedCodings.value(Lines.of("Accept-Encoding: br", "Accept-Encoding: gzip")))
        .hasToString("br, gzip");
  }
}
