package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.HostAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which sessions are made anew when this node's own certificate changes. */
class RenewedSessionsTest {
  private static final HostAddress FRA = new HostAddress(TestWorld.BLOCK, 1);
  private static final HostAddress NYC = new HostAddress(TestWorld.BLOCK, 2);
  private static final HostAddress SIN = new HostAddress(TestWorld.BLOCK, 3);

  private final RenewedSessions sessions = new RenewedSessions();

  @Test
  void eachIsTakenOnceInItsOrder() {
    sessions.changed(List.of(NYC, FRA));
    assertThat(sessions.waiting()).containsExactly(NYC, FRA);
    assertThat(sessions.next()).contains(NYC);
    assertThat(sessions.next()).contains(FRA);
    assertThat(sessions.next()).isEmpty();
  }

  /** Its handshake may have begun before the change, so it is by the certificate before. */
  @Test
  void oneThatCameUpBehindTheChangeIsMadeAnewToo() {
    sessions.changed(List.of(FRA));
    assertThat(sessions.next()).contains(FRA);
    sessions.alsoCameUp(List.of(FRA, SIN));
    assertThat(sessions.next()).contains(SIN);
    assertThat(sessions.next()).as("fra was made anew already").isEmpty();
  }

  @Test
  void theNextChangeBeginsAnew() {
    sessions.changed(List.of(FRA, NYC));
    sessions.changed(List.of(NYC, SIN));
    assertThat(sessions.waiting()).containsExactly(NYC, SIN);
  }
}
