package io.landfall.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 9110 section 5.6.7. */
class HttpDatesTest {
  private static final long IN_2026 =
      LocalDateTime.of(2026, 11, 29, 0, 0).toEpochSecond(ZoneOffset.UTC) * 1000;

  @Test
  void allThreeFormatsAreRead() {
    assertThat(read("Sun, 06 Nov 1994 08:49:37 GMT")).isEqualTo(Exchanges.NOW);
    assertThat(read("Sunday, 06-Nov-94 08:49:37 GMT")).isEqualTo(Exchanges.NOW);
    assertThat(read("Sun Nov  6 08:49:37 1994")).isEqualTo(Exchanges.NOW);
    assertThat(read("Wed Nov 16 08:49:37 1994")).isEqualTo(Exchanges.NOW + 10 * 86_400_000L);
  }

  @Test
  void lettersOfEitherCaseAreTaken() {
    assertThat(read("SUN, 06 NOV 1994 08:49:37 gmt")).isEqualTo(Exchanges.NOW);
  }

  @Test
  void aYearOfTwoDigitsIsAtMostFiftyYearsAhead() {
    assertThat(read("Thursday, 18-Aug-50 02:01:18 GMT"))
        .isEqualTo(read("Thu, 18 Aug 2050 02:01:18 GMT"));
    assertThat(read("Thursday, 18-Aug-77 02:01:18 GMT"))
        .isEqualTo(read("Thu, 18 Aug 1977 02:01:18 GMT"));
    assertThat(read("Thursday, 18-Aug-76 02:01:18 GMT"))
        .isEqualTo(read("Thu, 18 Aug 2076 02:01:18 GMT"));
  }

  @Test
  void aLeapSecondAndALeapDayAreDates() {
    assertThat(read("Sat, 31 Dec 2016 23:59:60 GMT"))
        .isEqualTo(read("Sun, 01 Jan 2017 00:00:00 GMT"));
    assertThat(read("Thu, 29 Feb 2024 00:00:00 GMT")).isNotEqualTo(HttpDates.INVALID);
  }

  @Test
  void whatIsNoDateIsInvalid() {
    for (String bad :
        List.of(
            "0",
            "",
            "-1",
            "Thu, 18 Aug 2050 02:01:18 UTC",
            "Thu, 18 Aug 2050 02:01:18 AEST",
            "Thu, 18 Aug 50 02:01:18 GMT",
            "Thu 18 Aug 2050 02:01:18 GMT",
            "Thu, 18  Aug  2050 02:01:18 GMT",
            "Thu, 18-Aug-2050 02:01:18 GMT",
            "Thu, 18 Aug 2050 02.01.18 GMT",
            "Thu, 18 Aug 2050 2:01:18 GMT",
            "Thu, 18 Aug 2050 24:01:18 GMT",
            "Thu, 18 Aug 2050 02:61:18 GMT",
            "Thu, 31 Feb 2050 02:01:18 GMT",
            "Thu, 00 Aug 2050 02:01:18 GMT",
            "Foo, 18 Aug 2050 02:01:18 GMT",
            "Thu, 18 Foo 2050 02:01:18 GMT",
            "Someday, 18-Aug-50 02:01:18 GMT",
            "Thu Aug  8 02:01:18 205x")) {
      assertThat(read(bad)).as(bad).isEqualTo(HttpDates.INVALID);
    }
  }

  private static long read(String text) {
    return HttpDates.millis(text, IN_2026);
  }
}
