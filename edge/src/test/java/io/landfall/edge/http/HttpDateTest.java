package io.landfall.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Clock;
import io.netty.util.AsciiString;
import org.junit.jupiter.api.Test;

class HttpDateTest {
  private long millis;

  private final HttpDate date =
      new HttpDate(
          new Clock() {
            @Override
            public long monotonicNanos() {
              return 0;
            }

            @Override
            public long wallMillis() {
              return millis;
            }
          });

  private AsciiString at(long wallMillis) {
    millis = wallMillis;
    return date.now();
  }

  @Test
  void aDateHasTheFormOfHttp() {
    assertThat((Object) at(0)).hasToString("Thu, 01 Jan 1970 00:00:00 GMT");
    // The example of RFC 9110 section 5.6.7.
    assertThat((Object) at(784_111_777_999L)).hasToString("Sun, 06 Nov 1994 08:49:37 GMT");
  }

  @Test
  void aDateIsMadeOnceASecond() {
    AsciiString first = at(1_000);

    assertThat((Object) at(1_999)).isSameAs(first);
    assertThat((Object) at(2_000)).hasToString("Thu, 01 Jan 1970 00:00:02 GMT");
    assertThat((Object) at(1_000)).as("a clock that is set back").isEqualTo(first);
  }
}
