package io.landfall.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.testkit.Octets;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** NOTIFICATION and its shutdown communication (RFC 9003). */
class NotificationTest {
  private static DownReason roundTrip(BgpError error) {
    byte[] message = error.toMessage();
    return NotificationCodec.decode(message, 19, message.length);
  }

  @Test
  void theTextOfACeaseComesBack() {
    DownReason read = roundTrip(NotificationCodec.cease(2, "Wartung bis zwölf"));
    assertThat(read.text()).isEqualTo("Cease/Administrative Shutdown: Wartung bis zwölf");
  }

  @Test
  void aLongTextIsCutAtACharactersEdge() {
    BgpError error = NotificationCodec.cease(2, "x" + "ö".repeat(200));
    assertThat(error.data()[0] & 0xff).isEqualTo(255);
    assertThat(roundTrip(error).text()).endsWith("ö").doesNotContain("UTF-8");
    BgpError odd = NotificationCodec.cease(2, "ö".repeat(200));
    assertThat(odd.data()[0] & 0xff).isEqualTo(254);
  }

  @Test
  void controlCharactersOfThePeerDoNotReachATerminal() {
    byte[] evil = "\u001b[2Jhello\n\u202eworld".getBytes(StandardCharsets.UTF_8);
    byte[] data = Octets.join(Octets.octets(evil.length), evil);
    DownReason read = roundTrip(new BgpError(6, 2, data, ""));
    assertThat(read.text()).isEqualTo("Cease/Administrative Shutdown:  [2Jhello  world");
  }

  @Test
  void bytesThatAreNotUtf8AreShownAsHex() {
    DownReason read = roundTrip(new BgpError(6, 2, Octets.octets(2, 0xff, 0xfe), ""));
    assertThat(read.text()).contains("not UTF-8").contains("02fffe");
  }

  @Test
  void aTextLengthThatOverrunsIsShownAsHex() {
    DownReason read = roundTrip(new BgpError(6, 2, Octets.octets(200, 'a'), ""));
    assertThat(read.text()).endsWith("data c861");
  }

  @Test
  void unknownCodesHaveNumbersForNames() {
    assertThat(NotificationCodes.name(99, 3)).isEqualTo("error code 99/3");
    assertThat(NotificationCodes.name(6, 77)).isEqualTo("Cease/77");
    assertThat(NotificationCodes.name(6, 10)).isEqualTo("Cease/BFD Down");
    assertThat(NotificationCodes.name(8, 0)).isEqualTo("Send Hold Timer Expired");
  }
}
