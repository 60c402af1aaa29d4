package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.OriginServer.Traits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Since when addresses of a backend are up, for slow starts. */
class UpSinceTest {
  private static final InetSocketAddress FIRST = at("192.0.2.1");
  private static final InetSocketAddress SECOND = at("192.0.2.2");

  private final UpSince since = new UpSince(false);

  private static InetSocketAddress at(String address) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), 80);
  }

  @Test
  void whatIsUpFromTheNodesStartMayBeSoForLong() {
    assertThat(since.of(FIRST, false, 1)).isEqualTo(Traits.ALWAYS);
    assertThat(since.of(FIRST, true, 2)).isEqualTo(Traits.ALWAYS);
    assertThat(since.of(FIRST, true, 3)).isEqualTo(Traits.ALWAYS);
  }

  @Test
  void whatComesUpAgainIsUpSinceThen() {
    since.of(FIRST, true, 1);
    since.of(FIRST, false, 2);
    assertThat(since.of(FIRST, true, 3)).isEqualTo(3);
    assertThat(since.of(FIRST, true, 4)).isEqualTo(3);
    since.of(FIRST, false, 5);
    assertThat(since.of(FIRST, true, 6)).isEqualTo(6);
  }

  @Test
  void anAddressThatIsNewToItsNameIsUpSinceItsFirstProbe() {
    since.of(FIRST, true, 1);
    since.of(SECOND, false, 2);
    assertThat(since.of(SECOND, true, 3)).isEqualTo(3);
  }

  @Test
  void anAddressThatIsGoneIsForgotten() {
    since.of(FIRST, true, 1);
    since.of(SECOND, true, 2);
    since.keepOnly(List.of(SECOND));
    assertThat(since.of(FIRST, true, 3)).isEqualTo(3);
  }
}
