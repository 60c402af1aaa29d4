package io.landfall.bgp.peering;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.peering.Peering.Dialling;
import io.landfall.core.Direction;
import io.landfall.core.Now;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peerings over a network that answers, refuses and cuts as a seed has it. */
class PeeringsProperty {
  private static final InetAddress LOCAL = InetAddress.ofLiteral("192.0.2.1");
  private static final int STEPS = 20_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whoWantsAStreamHasOneOrADialOrATimeForTheNextOne(long seed) {
    World world = new World(new Random(seed));
    world.carryOut(world.peerings.step(new PeeringEvent.Start(), world.now()));
    for (int i = 0; i < STEPS; i++) {
      world.step();
      world.check();
    }
    assertThat(world.ups).as("streams came up").isGreaterThan(100);
  }

  /** The sockets, and the sessions. */
  private static final class World {
    final Random random;
    final Peerings peerings;
    final TreeSet<String> dialled = new TreeSet<>();
    final TreeMap<Long, String> open = new TreeMap<>();
    final TreeSet<Long> told = new TreeSet<>();
    long nanos;
    long lastStream;
    int ups;

    World(Random random) {
      this.random = random;
      this.peerings =
          new Peerings(
              List.of(
                  new Peering("asks", Dialling.ON_REQUEST),
                  new Peering("waits", Dialling.NEVER),
                  new Peering("alone", Dialling.WHILE_ALONE)),
              bound -> random.nextLong(bound));
    }

    Now now() {
      return new Now(nanos, 0);
    }

    void step() {
      switch (random.nextInt(8)) {
        case 0 -> arrive("waits");
        case 1 -> arrive("alone");
        case 2 -> carryOut(peerings.step(new PeeringEvent.Connect("asks"), now()));
        case 3, 4 -> {
          if (!dialled.isEmpty()) {
            answer(dialled.first());
          }
        }
        case 5, 6 -> {
          if (!open.isEmpty()) {
            touch(new ArrayList<>(open.keySet()).get(random.nextInt(open.size())));
          }
        }
        default -> {
          nanos += random.nextInt(1_000_000_000);
          if (peerings.deadlineNanos().isPresent()
              && nanos - peerings.deadlineNanos().getAsLong() >= 0) {
            carryOut(peerings.step(new PeeringEvent.Tick(), now()));
          }
        }
      }
    }

    private void arrive(String peering) {
      open.put(++lastStream, peering);
      carryOut(
          peerings.step(
              new PeeringEvent.Opened(peering, lastStream, LOCAL, Direction.INCOMING), now()));
    }

    private void answer(String peering) {
      dialled.remove(peering);
      if (random.nextBoolean()) {
        open.put(++lastStream, peering);
        carryOut(
            peerings.step(
                new PeeringEvent.Opened(peering, lastStream, LOCAL, Direction.OUTGOING), now()));
      } else {
        carryOut(peerings.step(new PeeringEvent.DialFailed(peering, "refused"), now()));
      }
    }

    private void touch(long stream) {
      PeeringEvent event =
          switch (random.nextInt(4)) {
            case 0 -> new PeeringEvent.Close(stream, "by the session");
            case 1 -> new PeeringEvent.Received(stream, new byte[1]);
            default -> new PeeringEvent.Ended(stream, "reset");
          };
      if (event instanceof PeeringEvent.Ended) {
        open.remove(stream);
      }
      carryOut(peerings.step(event, now()));
    }

    void carryOut(List<PeeringEffect> effects) {
      for (PeeringEffect effect : effects) {
        switch (effect) {
          case PeeringEffect.Dial(String peering) ->
              assertThat(dialled.add(peering)).as("one dial of " + peering).isTrue();
          case PeeringEffect.Up up -> {
            ups++;
            assertThat(told.add(up.stream())).isTrue();
            assertThat(open).containsEntry(up.stream(), up.peering());
          }
          case PeeringEffect.Down down -> assertThat(told.remove(down.stream())).isTrue();
          case PeeringEffect.Bytes bytes -> assertThat(told).contains(bytes.stream());
          default -> {}
        }
      }
    }

    void check() {
      boolean served =
          open.containsValue("alone")
              || dialled.contains("alone")
              || peerings.deadlineNanos().isPresent();
      assertThat(served).isTrue();
      assertThat(dialled).doesNotContain("waits");
      assertThat(peerings.streams()).isEqualTo(told.size());
      assertThat(told.size()).isLessThanOrEqualTo(3 * Peerings.MAX_STREAMS);
    }
  }
}
