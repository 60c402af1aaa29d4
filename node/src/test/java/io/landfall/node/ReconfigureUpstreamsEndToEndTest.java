package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import io.landfall.testkit.TestRouter;
import io.landfall.testkit.TestRouter.Prefix;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is announced to the Internet, and to whom, changes while the node runs. */
class ReconfigureUpstreamsEndToEndTest {
  private static final String PREFIX = "198.51.100.0/24";

  @TempDir Path folder;
  private TestWorld world;
  private TestRouter one;
  private TestRouter other;
  private TestSite fra;

  @BeforeEach
  void twoRouters() {
    world = new TestWorld(folder);
    one = world.owned(new TestRouter(world.address(1, 21)));
    other = world.owned(new TestRouter(world.address(1, 22)));
    fra = world.site("fra", 1).knows("shop", 10);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private static String ingress(String prefixes, String... upstreams) {
    return "ingress: {prefixes: [%s], start-delay: 0s, drain-wait: 1s, upstreams: [%s]}"
        .formatted(prefixes, String.join(", ", upstreams));
  }

  private void start(String... upstreams) {
    fra.config(ingress(PREFIX, upstreams)).start();
  }

  private void applied(String section) {
    HttpWire.Answer answer = fra.configInstead(section).apply();
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private void awaitTold(TestRouter router, String word, int times) {
    Await.until(
        word + " was sent",
        () -> router.told().stream().filter(word::equals).count() == times,
        () -> router.told() + fra.show("show/ingress"));
  }

  private void awaitPrefix(TestRouter router, Prefix prefix) {
    Await.until(
        "the prefix is " + prefix,
        () -> router.prefix() == prefix,
        () -> router.told() + fra.show("show/ingress"));
  }

  @Test
  void anotherDressIsAnnouncedOnTheSessionThatThereIsAndTheOtherRouterGetsNothing() {
    start(one.upstream(""), other.upstream(""));
    awaitTold(one, "end-of-rib", 1);
    awaitTold(other, "end-of-rib", 1);
    List<String> before = other.told();

    applied(ingress(PREFIX, one.upstream(", med: 50"), other.upstream("")));

    awaitTold(one, "announce", 2);
    assertThat(one.told()).containsOnlyOnce("open").doesNotContain("cease", "withdraw");
    assertThat(other.told()).isEqualTo(before);
  }

  @Test
  void anUpstreamComesAndOneGoesAndTheThirdDoesNotNotice() {
    TestRouter third = world.owned(new TestRouter(world.address(1, 23)));
    start(one.upstream(""), other.upstream(""));
    awaitTold(one, "end-of-rib", 1);
    awaitTold(other, "end-of-rib", 1);
    List<String> before = other.told();

    applied(ingress(PREFIX, other.upstream(""), third.upstream("")));

    awaitPrefix(third, Prefix.USUAL);
    awaitTold(one, "cease", 1);
    awaitPrefix(one, Prefix.NONE);
    assertThat(other.told()).isEqualTo(before);
  }

  @Test
  void whatTheOpenHasAndHowARouterIsReachedBeginItsSessionAnew() {
    start(one.upstream(""), other.upstream(""));
    awaitTold(one, "end-of-rib", 1);
    awaitTold(other, "end-of-rib", 1);
    List<String> before = other.told();

    applied(ingress(PREFIX, one.upstream(", role: customer"), other.upstream("")));
    awaitTold(one, "open", 2);
    awaitPrefix(one, Prefix.USUAL);
    assertThat(other.told()).isEqualTo(before);

    String local = ", local-address: \"" + world.address(1, 1).getHostAddress() + "\"";
    applied(ingress(PREFIX, one.upstream(", role: customer" + local), other.upstream("")));
    awaitTold(one, "open", 3);
    awaitPrefix(one, Prefix.USUAL);
    assertThat(other.told()).isEqualTo(before);
  }

  @Test
  void aPrefixComesAndGoesAndTheOtherIsNotSentAgain() {
    start(one.upstream(""));
    awaitTold(one, "end-of-rib", 1);

    applied(ingress(PREFIX + ", 203.0.113.0/24", one.upstream("")));
    awaitTold(one, "announce", 2);
    applied(ingress(PREFIX, one.upstream("")));
    awaitTold(one, "withdraw", 1);
    assertThat(one.told()).containsOnlyOnce("open").doesNotContain("cease");
    assertThat(fra.show("show/ingress")).doesNotContain("203.0.113.0");
  }

  @Test
  void aNodeBeginsToAnnounceAndEndsThatWhileItRuns() {
    fra.start();
    assertThat(fra.show("show/ingress")).contains("\"prefixes\":[]");

    applied(ingress(PREFIX, one.upstream("")));
    awaitPrefix(one, Prefix.USUAL);
    applied("log: {level: info}");
    awaitTold(one, "cease", 1);
    assertThat(fra.show("show/ingress")).contains("\"prefixes\":[]");
  }

  @Test
  void whatWasConfiguredComesBackUnlessItIsConfirmed() {
    start(one.upstream(""));
    awaitTold(one, "end-of-rib", 1);
    applied(ingress(PREFIX, one.upstream(", med: 50")));
    awaitTold(one, "announce", 2);

    assertThat(fra.command("POST", "configure/undo", "{}").status()).isEqualTo(200);
    awaitTold(one, "announce", 3);
    assertThat(one.told()).containsOnlyOnce("open");
  }

  @Test
  void aPasswordFileThatIsNotThereChangesNothing() {
    start(one.upstream(""));
    awaitTold(one, "end-of-rib", 1);
    List<String> before = one.told();

    HttpWire.Answer answer =
        fra.configInstead(ingress(PREFIX, one.upstream(", password-file: none.key"))).apply();

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.body()).contains("password-file").contains("nothing has changed");
    assertThat(one.told()).isEqualTo(before);
  }
}
