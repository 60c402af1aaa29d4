package io.landfall.bgp.peering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.bgp.peering.Peering.Dialling;
import io.landfall.core.Direction;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Now;
import java.net.InetAddress;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The streams of three peerings: an upstream's, a passive host's and a reflector's. */
class PeeringsTest {
  private static final InetAddress LOCAL = InetAddress.ofLiteral("192.0.2.1");
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final Peerings peerings =
      new Peerings(
          List.of(
              new Peering("up1", Dialling.ON_REQUEST),
              new Peering("web7", Dialling.NEVER),
              new Peering("rr1", Dialling.WHILE_ALONE)),
          bound -> bound - 1);

  private long nowNanos;

  private List<PeeringEffect> step(PeeringEvent event) {
    return peerings.step(event, new Now(nowNanos, 0));
  }

  private PeeringEvent.Opened opened(String peering, long stream, boolean outgoing) {
    return new PeeringEvent.Opened(
        peering, stream, LOCAL, outgoing ? Direction.OUTGOING : Direction.INCOMING);
  }

  @Test
  void onlyWhoIsAloneAndWantsItIsDialledAtTheStart() {
    assertThat(step(new PeeringEvent.Start())).containsExactly(new PeeringEffect.Dial("rr1"));
    assertThat(peerings.deadlineNanos()).isEmpty();
  }

  @Test
  void aSessionThatAsksTwiceIsDialledForOnceAndHearsOfTheStream() {
    assertThat(step(new PeeringEvent.Connect("up1")))
        .containsExactly(new PeeringEffect.Dial("up1"));
    assertThat(step(new PeeringEvent.Connect("up1"))).isEmpty();

    assertThat(step(opened("up1", 7, true)))
        .containsExactly(new PeeringEffect.Up("up1", 7, LOCAL, Direction.OUTGOING));
    assertThat(step(new PeeringEvent.Connect("up1")))
        .containsExactly(new PeeringEffect.Dial("up1"));
  }

  @Test
  void aSessionThatAskedHearsThatThereIsNoStreamAndItsTimersDecideAboutTheNextDial() {
    step(new PeeringEvent.Connect("up1"));

    assertThat(step(new PeeringEvent.DialFailed("up1", "refused")))
        .containsExactly(new PeeringEffect.NoStream("up1", "refused"));
    assertThat(peerings.deadlineNanos()).isEmpty();
  }

  @Test
  void aSessionThatIsPassiveAsksForNoStream() {
    assertThatThrownBy(() -> step(new PeeringEvent.Connect("web7")))
        .isInstanceOf(InvariantBroken.class);
    assertThatThrownBy(() -> step(new PeeringEvent.Connect("nobody")))
        .isInstanceOf(InvariantBroken.class);
  }

  @Test
  void attemptsForWhoIsAloneComeLaterAndLaterAndBeginAnewAfterAStream() {
    step(new PeeringEvent.Start());
    for (long expectedSeconds : List.of(2L, 4L, 4L)) {
      assertThat(step(new PeeringEvent.DialFailed("rr1", "refused"))).isEmpty();
      assertThat(peerings.deadlineNanos())
          .isEqualTo(OptionalLong.of(nowNanos + expectedSeconds * SECOND_NANOS - 1));
      assertThat(step(new PeeringEvent.Tick())).as("too early").isEmpty();
      nowNanos = peerings.deadlineNanos().getAsLong();
      assertThat(step(new PeeringEvent.Tick())).containsExactly(new PeeringEffect.Dial("rr1"));
      assertThat(peerings.deadlineNanos()).isEmpty();
    }
    step(opened("rr1", 1, true));
    assertThat(step(new PeeringEvent.Ended(1, "reset")))
        .containsExactly(new PeeringEffect.Down("rr1", 1, "reset", 0));
    assertThat(peerings.deadlineNanos())
        .isEqualTo(OptionalLong.of(nowNanos + 2 * SECOND_NANOS - 1));
  }

  @Test
  void whoHasAStreamIsNotDialledWhenTheTimeForItComes() {
    step(new PeeringEvent.Start());
    step(new PeeringEvent.DialFailed("rr1", "refused"));
    step(opened("rr1", 1, false));

    nowNanos = peerings.deadlineNanos().orElseThrow();
    assertThat(step(new PeeringEvent.Tick())).isEmpty();
    assertThat(peerings.deadlineNanos()).isEmpty();
  }

  @Test
  void ofTwoStreamsTheSessionJudgesAndTheEndOfOneLeavesTheOther() {
    step(new PeeringEvent.Start());
    step(opened("rr1", 1, true));
    assertThat(step(opened("rr1", 2, false)))
        .containsExactly(new PeeringEffect.Up("rr1", 2, LOCAL, Direction.INCOMING));

    assertThat(step(new PeeringEvent.Close(1, "collision")))
        .containsExactly(new PeeringEffect.CloseStream(1, "collision"));
    assertThat(step(new PeeringEvent.Ended(1, "closed by us")))
        .containsExactly(new PeeringEffect.Down("rr1", 1, "closed by us", 1));
    assertThat(peerings.deadlineNanos()).as("it is not alone").isEmpty();
  }

  @Test
  void whatHappensOnAStreamGoesToItsSessionUntilItIsClosed() {
    step(opened("web7", 3, false));
    step(opened("up1", 4, true));
    byte[] bytes = {1, 2};

    assertThat(step(new PeeringEvent.Received(3, bytes)))
        .containsExactly(new PeeringEffect.Bytes("web7", 3, bytes));
    assertThat(step(new PeeringEvent.Send(4, bytes)))
        .containsExactly(new PeeringEffect.Write(4, bytes));
    assertThat(step(new PeeringEvent.Filled(4))).containsExactly(new PeeringEffect.Full("up1", 4));
    assertThat(step(new PeeringEvent.Drained(4)))
        .containsExactly(new PeeringEffect.Writable("up1", 4));

    step(new PeeringEvent.Close(3, "enough"));
    assertThat(step(new PeeringEvent.Close(3, "again"))).isEmpty();
    assertThat(step(new PeeringEvent.Received(3, bytes))).isEmpty();
    assertThat(step(new PeeringEvent.Send(3, bytes))).isEmpty();
    assertThat(step(new PeeringEvent.Filled(3))).isEmpty();
    assertThat(step(new PeeringEvent.Drained(3))).isEmpty();
    assertThat(step(new PeeringEvent.Ended(3, "closed by us"))).hasSize(1);
    assertThat(step(new PeeringEvent.Ended(3, "closed by us"))).isEmpty();
    assertThat(step(new PeeringEvent.Received(99, bytes))).isEmpty();
  }

  @Test
  void aPeeringHasSoManyStreamsAndOneMoreIsClosedUnheard() {
    for (int i = 0; i < Peerings.MAX_STREAMS; i++) {
      assertThat(step(opened("web7", i, false)).getFirst()).isInstanceOf(PeeringEffect.Up.class);
    }
    assertThat(step(opened("web7", 100, false)).getFirst())
        .isInstanceOf(PeeringEffect.CloseStream.class);
    assertThat(step(new PeeringEvent.Ended(100, "closed by us"))).isEmpty();
    assertThat(step(opened("up1", 101, true)).getFirst()).isInstanceOf(PeeringEffect.Up.class);

    step(new PeeringEvent.Ended(5, "reset"));
    assertThat(step(opened("web7", 102, false)).getFirst()).isInstanceOf(PeeringEffect.Up.class);
  }

  @Test
  void aSessionWhoseStreamIsOneTooManyHearsThatThereIsNone() {
    for (int i = 0; i < Peerings.MAX_STREAMS; i++) {
      step(opened("up1", i, false));
    }
    step(new PeeringEvent.Connect("up1"));
    assertThat(step(opened("up1", 100, true)))
        .containsExactly(
            new PeeringEffect.CloseStream(100, "it has 10 streams"),
            new PeeringEffect.NoStream("up1", "it has 10 streams"));
    assertThat(step(new PeeringEvent.Connect("up1")))
        .containsExactly(new PeeringEffect.Dial("up1"));
  }

  @Test
  void aStreamThatEndsBeforeTheStartLeadsToNoDial() {
    step(opened("rr1", 1, false));
    step(new PeeringEvent.Ended(1, "reset"));
    assertThat(peerings.deadlineNanos()).isEmpty();
    assertThat(step(new PeeringEvent.Tick())).isEmpty();

    assertThat(step(new PeeringEvent.Start())).containsExactly(new PeeringEffect.Dial("rr1"));
  }

  @Test
  void afterAStopNothingIsDialledAndWhatOpensLateIsClosed() {
    step(new PeeringEvent.Start());
    step(opened("web7", 1, false));
    assertThat(step(new PeeringEvent.Stop())).isEmpty();

    assertThat(step(new PeeringEvent.Connect("up1"))).isEmpty();
    assertThat(step(opened("rr1", 2, true)).getFirst())
        .isInstanceOf(PeeringEffect.CloseStream.class);
    assertThat(step(new PeeringEvent.Send(1, new byte[1]))).hasSize(1);
    assertThat(step(new PeeringEvent.Ended(1, "by the session"))).hasSize(1);
    assertThat(peerings.deadlineNanos()).isEmpty();
  }

  @Test
  void theDeadlineIsThatOfThePeeringThatIsDueFirst() {
    for (boolean laterFirst : List.of(false, true)) {
      Peerings two =
          new Peerings(
              List.of(
                  new Peering("a", Dialling.WHILE_ALONE), new Peering("b", Dialling.WHILE_ALONE)),
              bound -> bound - 1);
      two.step(new PeeringEvent.Start(), new Now(0, 0));
      String first = laterFirst ? "b" : "a";
      String second = laterFirst ? "a" : "b";
      two.step(new PeeringEvent.DialFailed(first, "refused"), new Now(0, 0));
      long deadline = two.deadlineNanos().orElseThrow();
      two.step(new PeeringEvent.DialFailed(second, "refused"), new Now(SECOND_NANOS, 0));

      assertThat(two.deadlineNanos()).hasValue(deadline);
      assertThat(two.step(new PeeringEvent.Tick(), new Now(deadline, 0)))
          .containsExactly(new PeeringEffect.Dial(first));
      assertThat(two.deadlineNanos()).hasValue(deadline + SECOND_NANOS);
    }
  }

  @Test
  void afterAStopNothingIsDue() {
    step(new PeeringEvent.Start());
    step(new PeeringEvent.DialFailed("rr1", "refused"));
    assertThat(peerings.deadlineNanos()).isPresent();
    step(new PeeringEvent.Stop());
    assertThat(peerings.deadlineNanos()).isEmpty();
  }

  @Test
  void twoPeeringsOfOneNameAreAMistake() {
    Peering rr1 = new Peering("rr1", Dialling.NEVER);
    assertThatThrownBy(() -> new Peerings(List.of(rr1, rr1), bound -> 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rr1");
  }

  @Test
  void aPeeringThatLeftHasItsStreamsClosedAndTheOthersDoNotNotice() {
    step(new PeeringEvent.Start());
    step(new PeeringEvent.Connect("up1"));
    step(opened("up1", 7, true));
    step(opened("web7", 8, false));

    assertThat(
            step(
                new PeeringEvent.Configure(
                    List.of(
                        new Peering("web7", Dialling.NEVER),
                        new Peering("rr1", Dialling.WHILE_ALONE),
                        new Peering("rr2", Dialling.WHILE_ALONE)))))
        .containsExactly(
            new PeeringEffect.CloseStream(7, "the neighbour is configured otherwise"),
            new PeeringEffect.Dial("rr2"));
    assertThat(step(new PeeringEvent.Received(7, new byte[1]))).isEmpty();
    assertThat(step(new PeeringEvent.Ended(7, "closed")))
        .containsExactly(new PeeringEffect.Down("up1", 7, "closed", 0));
    assertThat(step(new PeeringEvent.Received(8, new byte[1]))).hasSize(1);
  }

  @Test
  void aPeeringThatComesBackHasNoneOfTheStreamsFromBefore() {
    step(new PeeringEvent.Connect("up1"));
    step(opened("up1", 7, true));
    step(new PeeringEvent.Configure(List.of()));
    step(new PeeringEvent.Configure(List.of(new Peering("up1", Dialling.ON_REQUEST))));
    assertThat(step(new PeeringEvent.Connect("up1")))
        .containsExactly(new PeeringEffect.Dial("up1"));
    step(opened("up1", 9, true));

    assertThat(step(new PeeringEvent.Ended(7, "closed")))
        .as("the one from before is not the last one")
        .containsExactly(new PeeringEffect.Down("up1", 7, "closed", 1));
    assertThat(step(new PeeringEvent.Received(9, new byte[1]))).hasSize(1);
  }
}
