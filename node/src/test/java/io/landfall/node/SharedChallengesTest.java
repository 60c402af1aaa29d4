package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.acme.ChallengeMessage;
import io.landfall.acme.ChallengeType;
import io.landfall.acme.PendingChallenge;
import io.landfall.core.Clock;
import io.landfall.core.NodeName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What other nodes tell of challenges, however fast they do. */
class SharedChallengesTest {
  private static final NodeName NYC = new NodeName("nyc");

  private final List<Runnable> tasks = new ArrayList<>();
  private final SharedChallenges challenges =
      new SharedChallenges(
          tasks::add,
          tasks::add,
          new Clock() {
            @Override
            public long monotonicNanos() {
              return 0;
            }

            @Override
            public long wallMillis() {
              return 0;
            }
          });

  private static String token(int number) {
    return "t".repeat(40) + (100 + number);
  }

  private static byte[] message(int number) {
    String token = token(number);
    return ChallengeMessage.encode(
        List.of(
            new PendingChallenge(
                ChallengeType.HTTP_01, "shop.test", token, token + "." + "k".repeat(43))));
  }

  @Test
  void ofOneNodeTheNewestMessageCountsAndOneWaits() {
    List<CompletableFuture<byte[]>> answers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      answers.add(challenges.asked(NYC, message(i)));
    }
    CompletableFuture<byte[]> other = challenges.asked(new NodeName("fra"), message(100));
    assertThat(tasks).as("one for each node").hasSize(2);
    // In any order: they are of different nodes.
    tasks.reversed().forEach(Runnable::run);
    assertThat(answers.subList(0, 99)).allMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(answers.getLast().join()).isEqualTo(ChallengeMessage.answer(List.of()));
    assertThat(other.join()).isEqualTo(ChallengeMessage.answer(List.of()));
    assertThat(challenges.http("shop.test", token(99))).isPresent();
    assertThat(challenges.http("shop.test", token(98))).isEmpty();
    assertThat(challenges.size()).isEqualTo(2);
  }

  @Test
  void whatIsNoMessageIsRefusedAndTheNextOneIsRead() {
    CompletableFuture<byte[]> none =
        challenges.asked(NYC, "A?".getBytes(StandardCharsets.US_ASCII));
    tasks.forEach(Runnable::run);
    assertThat(none).isCompletedExceptionally();
    tasks.clear();
    CompletableFuture<byte[]> next = challenges.asked(NYC, message(1));
    tasks.forEach(Runnable::run);
    assertThat(next.join()).isEqualTo(ChallengeMessage.answer(List.of()));
  }
}
