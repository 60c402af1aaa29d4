package io.landfall.edge.http;

import static io.landfall.edge.http.MessageRulesTest.fields;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import org.junit.jupiter.api.Test;

class RequestHeadTest {
  private static RequestHead head(String method, String target, boolean version11) {
    return new RequestHead(
        Method.of(AsciiString.of(method)),
        RequestHead.HTTP,
        AsciiString.of("shop.test"),
        "shop.test",
        target,
        HttpVersion.http1(version11),
        fields(),
        Framing.NONE);
  }

  @Test
  void onlyHeadAsksForAHeadAlone() {
    assertThat(head("HEAD", "/", true).isHead()).isTrue();
    assertThat(head("GET", "/", true).isHead()).isFalse();
  }

  @Test
  void aTargetIsRoutedByWhatItMeans() {
    assertThat(head("GET", "/%61%2Fb?%61", true).routingTarget()).isEqualTo("/a%2Fb?%61");
  }

  @Test
  void versionsOfHttp1AreTwo() {
    assertThat(head("GET", "/", true).version()).isEqualTo(HttpVersion.HTTP_1_1);
    assertThat(head("GET", "/", true).version11()).isTrue();
    assertThat(head("GET", "/", false).version()).isEqualTo(HttpVersion.HTTP_1_0);
    assertThat(head("GET", "/", false).version11()).isFalse();
  }
}
