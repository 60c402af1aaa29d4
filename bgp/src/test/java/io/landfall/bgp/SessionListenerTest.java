package io.landfall.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.SessionEffect.Negotiated;
import io.landfall.core.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a watcher hears of a session: the bytes as they came, in the order in which they came. */
class SessionListenerTest {
  private static final class Recorder implements SessionListener {
    final List<String> heard = new ArrayList<>();
    final List<byte[]> updates = new ArrayList<>();
    final List<byte[]> opens = new ArrayList<>();
    byte[] notification = {};
    boolean wants = true;

    @Override
    public boolean wantsUpdates() {
      return wants;
    }

    @Override
    public void up(long connection, Negotiated negotiated, byte[] sent, byte[] received) {
      heard.add("up " + connection + " id " + negotiated.remoteId());
      opens.add(sent);
      opens.add(received);
    }

    @Override
    public void update(byte[] message) {
      heard.add("update");
      updates.add(message);
    }

    @Override
    public void down(DownReason reason, byte[] last) {
      heard.add("down " + (reason.byPeer() ? "by peer" : "by us"));
      notification = last;
    }
  }

  private final Recorder recorder = new Recorder();
  private final Session<HostPrefix> watched =
      new Session<>(Speaker.overlay(1), HostPrefix.CODEC, bound -> 0, Optional.of(recorder));
  private final Speaker peer = new Speaker(Speaker.overlay(2));
  private long now = peer.now;
  private int taken;

  private void step(SessionEvent event) {
    watched.step(
        event,
        now,
        effect -> {
          if (effect instanceof SessionEffect.Write<HostPrefix>(long number, byte[] bytes)) {
            peer.hears(number, bytes);
          }
        });
  }

  /** Everything that the peer wrote since the last call, as one piece. */
  private byte[] fromPeer() {
    byte[] all = {};
    for (; taken < peer.effects.size(); taken++) {
      if (peer.effects.get(taken) instanceof SessionEffect.Write<HostPrefix>(long n, byte[] b)) {
        byte[] longer = Arrays.copyOf(all, all.length + b.length);
        System.arraycopy(b, 0, longer, all.length, b.length);
        all = longer;
      }
    }
    return all;
  }

  private void establish() {
    peer.start();
    peer.connected(1, true);
    step(new SessionEvent.Start());
    step(new SessionEvent.Connected(1, Direction.INCOMING));
    while (watched.state() != SessionState.ESTABLISHED) {
      step(new SessionEvent.Received(1, fromPeer()));
    }
  }

  @Test
  void itHearsBothOpensAsTheyWereOnTheWire() {
    establish();
    assertThat(recorder.heard).containsExactly("up 1 id 2");
    assertThat(recorder.opens.get(0)).isEqualTo(OpenCodec.encode(Speaker.overlay(1)));
    assertThat(recorder.opens.get(1)).isEqualTo(OpenCodec.encode(Speaker.overlay(2)));
  }

  @Test
  void itHearsAnUpdateByteForByteAlsoWhenTheLadderRejectsIt() {
    establish();
    // An ORIGIN of two bytes: treat-as-withdraw (RFC 7606 section 7.1).
    byte[] update = MessageType.UPDATE.frame(23 + 5 + 5);
    update[22] = 5;
    System.arraycopy(new byte[] {0x40, 1, 2, 0, 0}, 0, update, 23, 5);
    System.arraycopy(new byte[] {32, 10, 0, 0, 9}, 0, update, 28, 5);
    byte[] twice = Arrays.copyOf(update, 2 * update.length);
    System.arraycopy(update, 0, twice, update.length, update.length);

    step(new SessionEvent.Received(1, Arrays.copyOf(twice, 40)));
    step(new SessionEvent.Received(1, Arrays.copyOfRange(twice, 40, twice.length)));

    assertThat(recorder.updates).hasSize(2).allSatisfy(u -> assertThat(u).isEqualTo(update));
  }

  @Test
  void itHearsNoUpdateThatItDoesNotWant() {
    establish();
    recorder.wants = false;
    step(new SessionEvent.Received(1, MessageType.UPDATE.frame(23)));
    assertThat(recorder.updates).isEmpty();
    recorder.wants = true;
    step(new SessionEvent.Received(1, MessageType.UPDATE.frame(23)));
    assertThat(recorder.updates).hasSize(1);
  }

  @Test
  void itHearsTheLastWordsOfEitherSide() {
    establish();
    byte[] cease = NotificationCodec.cease(NotificationCodes.ADMIN_SHUTDOWN, "bye").toMessage();
    step(new SessionEvent.Received(1, cease));
    assertThat(recorder.heard).endsWith("down by peer");
    assertThat(recorder.notification).isEqualTo(cease);
  }

  @Test
  void itHearsOurLastWords() {
    establish();
    step(new SessionEvent.Stop(NotificationCodes.ADMIN_SHUTDOWN, "maintenance"));
    assertThat(recorder.heard).endsWith("down by us");
    assertThat(recorder.notification)
        .isEqualTo(
            NotificationCodec.cease(NotificationCodes.ADMIN_SHUTDOWN, "maintenance").toMessage());
  }

  @Test
  void aLostStreamHasNoLastWords() {
    establish();
    step(new SessionEvent.Closed(1, "cut"));
    assertThat(recorder.heard).endsWith("down by peer");
    assertThat(recorder.notification).isEmpty();
  }
}
