package io.landfall.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The whole table of the intent, and the canary that nothing else can make one. */
class IngressIntentTest {
  @Test
  void everyCombinationHasOneIntent() {
    assertThat(intent(OperatorWish.ADVERTISE, ListenerLiveness.ACCEPTING)).isEqualTo("advertise");
    assertThat(intent(OperatorWish.DRAIN, ListenerLiveness.ACCEPTING)).isEqualTo("drain");
    assertThat(intent(OperatorWish.ADVERTISE, ListenerLiveness.NOT_ACCEPTING))
        .isEqualTo("withdraw (listener does not accept)");
    assertThat(intent(OperatorWish.DRAIN, ListenerLiveness.NOT_ACCEPTING))
        .isEqualTo("withdraw (listener does not accept)");
    assertThat(intent(OperatorWish.ADVERTISE, ListenerLiveness.STARTING))
        .isEqualTo("withdraw (start delay)");
    assertThat(intent(OperatorWish.DRAIN, ListenerLiveness.STARTING))
        .isEqualTo("withdraw (start delay)");
    assertThat(intent(OperatorWish.LEAVE, ListenerLiveness.ACCEPTING)).isEqualTo("drain");
    assertThat(intent(OperatorWish.LEAVE, ListenerLiveness.NOT_ACCEPTING))
        .isEqualTo("withdraw (listener does not accept)");
    assertThat(intent(OperatorWish.LEAVE, ListenerLiveness.STARTING))
        .isEqualTo("withdraw (start delay)");
    for (ListenerLiveness listener : ListenerLiveness.values()) {
      assertThat(intent(OperatorWish.STOP, listener)).isEqualTo("withdraw (shutdown)");
    }
  }

  @Test
  void nobodyElseCanMakeAnIntent() {
    for (Class<?> kind : IngressIntent.class.getPermittedSubclasses()) {
      assertThat(Arrays.stream(kind.getDeclaredConstructors()))
          .isNotEmpty()
          .allMatch(constructor -> Modifier.isPrivate(constructor.getModifiers()));
    }
  }

  /** A new kind of event is a new way for the Internet to move: it must be a deliberate act. */
  @Test
  void theListOfEventsIsTheOneThatWasAgreedOn() {
    assertThat(
            Arrays.stream(IngressEvent.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .toList())
        .containsExactlyInAnyOrder(
            "Start",
            "Inherited", // a session that another process of this node had (decision 0029)
            "OperatorDrain",
            "OperatorUndrain",
            "Leave", // what SIGTERM asks for
            "Shutdown",
            "ListenerFailed",
            "Configure", // the operator's config, and nothing of services (decision 0025)
            "Tick",
            "Connected",
            "ConnectFailed",
            "PathDown", // BFD of the link to the router itself (decision 0006)
            "Received",
            "Closed",
            "WriteBlocked",
            "Writable");
  }

  private static String intent(OperatorWish wish, ListenerLiveness listener) {
    return IngressIntent.of(wish, listener).toString();
  }
}
