package io.landfall.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import org.junit.jupiter.api.Test;

class NumberedTextsTest {
  private final NumberedTexts texts = new NumberedTexts(number -> "ttl=" + number);

  @Test
  void numbersOfOneSlotDoNotGetEachOthersText() {
    for (long number : new long[] {0, NumberedTexts.SLOTS, -1, NumberedTexts.SLOTS - 1, 0}) {
      assertThat(texts.of(number).toString()).isEqualTo("ttl=" + number);
    }
    assertThat(texts.of(Long.MIN_VALUE).toString()).isEqualTo("ttl=" + Long.MIN_VALUE);
    assertThat(texts.of(Long.MAX_VALUE).toString()).isEqualTo("ttl=" + Long.MAX_VALUE);
  }

  @Test
  void aTextIsMadeOnceAsLongAsItsSlotIsNotTaken() {
    AsciiString first = texts.of(30);
    texts.of(31);

    assertThat((Object) texts.of(30)).isSameAs(first);
  }
}
