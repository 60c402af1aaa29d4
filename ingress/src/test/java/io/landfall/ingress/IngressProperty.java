package io.landfall.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The safety property of plane one: what is said to the Internet is a function of operator commands
 * and listener liveness alone. The same script of both is played twice, once in silence and once
 * with everything else that can happen thrown in; what the upstream hears must be the same.
 */
class IngressProperty {
  private static final int RUNS = 100;
  private static final int STEPS = 60;

  /** One step of the script. */
  private enum Act {
    DRAIN,
    UNDRAIN,
    LISTENER_FAILED,
    PASS
  }

  @Test
  void noiseOfTheUpstreamChangesNothingThatIsSaid() {
    for (long seed = 0; seed < RUNS; seed++) {
      List<Act> script = script(seed);
      assertThat(play(script, new Noise(seed, Noise.HARMLESS)).heard)
          .as("seed " + seed)
          .isEqualTo(play(script, new Noise(seed, 0)).heard);
    }
  }

  @Test
  void evenLostSessionsLeaveTheIntentAlone() {
    for (long seed = 0; seed < RUNS; seed++) {
      List<Act> script = script(seed);
      assertThat(play(script, new Noise(seed, Noise.ALL)).intents)
          .as("seed " + seed)
          .isEqualTo(play(script, new Noise(seed, 0)).intents);
    }
  }

  @Test
  void withoutOperatorOrListenerNothingIsEverSaidAgain() {
    for (long seed = 0; seed < RUNS; seed++) {
      Ingress ingress = IngressTest.ingress(TestUpstream.PLAIN, Role.NONE);
      TestUpstream upstream = start(ingress);
      Noise noise = new Noise(seed, Noise.HARMLESS);
      var _ = upstream.heard();
      for (int i = 0; i < STEPS; i++) {
        noise.make(upstream);
        upstream.pass(500);
      }
      assertThat(upstream.heard()).as("seed " + seed).isEmpty();
      assertThat(ingress.view().updatesSent()).as("seed " + seed).isEqualTo(1);
    }
  }

  /** The canary: were the script not what decides, different scripts would sound alike. */
  @Test
  void differentScriptsAreHeardDifferently() {
    Noise silence = new Noise(0, 0);
    List<String> drain = play(List.of(Act.DRAIN), silence).heard;
    assertThat(drain).isNotEqualTo(play(List.of(Act.LISTENER_FAILED), silence).heard);
    assertThat(drain).isNotEqualTo(play(List.of(Act.PASS), silence).heard);
  }

  private record Played(List<String> heard, List<String> intents) {}

  private static Played play(List<Act> script, Noise noise) {
    Ingress ingress = IngressTest.ingress(TestUpstream.PLAIN, Role.NONE);
    TestUpstream upstream = start(ingress);
    List<String> heard = new ArrayList<>();
    List<String> intents = new ArrayList<>();
    for (Act act : script) {
      noise.make(upstream);
      switch (act) {
        case DRAIN -> upstream.give(new IngressEvent.OperatorDrain());
        case UNDRAIN -> upstream.give(new IngressEvent.OperatorUndrain());
        case LISTENER_FAILED -> upstream.give(new IngressEvent.ListenerFailed("script"));
        case PASS -> upstream.pass(3_000);
      }
      heard.addAll(upstream.heard());
      heard.add("--");
      intents.add(ingress.view().intent());
    }
    return new Played(heard, intents);
  }

  private static TestUpstream start(Ingress ingress) {
    TestUpstream upstream = new TestUpstream(ingress, Role.NONE);
    upstream.give(new IngressEvent.Start(ListenerLiveness.ACCEPTING));
    upstream.answerDial();
    assertThat(upstream.established()).isTrue();
    return upstream;
  }

  private static List<Act> script(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Act> script = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      script.add(Act.values()[random.nextInt(Act.values().length)]);
    }
    return script;
  }

  /** Everything else that can happen, up to a given kind; the last kind costs the session. */
  private static final class Noise {
    static final int HARMLESS = 5;
    static final int ALL = 6;

    private final SplittableRandom random;
    private final int kinds;

    Noise(long seed, int kinds) {
      this.random = new SplittableRandom(~seed);
      this.kinds = kinds;
    }

    void make(TestUpstream upstream) {
      if (kinds == 0) {
        return;
      }
      for (int i = random.nextInt(4); i > 0; i--) {
        int kind = random.nextInt(kinds);
        if (upstream.established()) {
          make(kind, upstream);
        } else if (upstream.dialled()) {
          upstream.answerDial();
        }
      }
    }

    private void make(int kind, TestUpstream upstream) {
      switch (kind) {
        case 0 -> upstream.announce("0.0.0.0/0");
        case 1 -> upstream.announce("10.32.1." + random.nextInt(256) + "/32");
        case 2 -> upstream.withdraw("198.51.100.0/24");
        case 3 -> upstream.give(new IngressEvent.Tick());
        case 4 -> upstream.give(new IngressEvent.ConnectFailed(TestUpstream.NAME, "late"));
        default -> upstream.cut();
      }
    }
  }
}
