package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.cache.fleet.PurgeEffect.NodeAnswer;
import io.landfall.cache.fleet.PurgeEffect.Outcome;
import io.landfall.core.NodeName;
import io.landfall.edge.PurgeNotDurable;
import io.netty.channel.DefaultEventLoop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who gave a purge is told what holds, though a disk of the node hangs. */
class PurgeAnswersTest {
  private static final List<NodeAnswer> NODES =
      List.of(new NodeAnswer(new NodeName("nyc"), Outcome.APPLIED, 7));

  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final ControlLoop control = new ControlLoop(loop, () -> {});
  private final CompletableFuture<Void> applied = new CompletableFuture<>();
  private final CompletableFuture<Boolean> kept = new CompletableFuture<>();

  @AfterEach
  void end() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** The answer to a purge that other nodes have answered. */
  private CompletableFuture<GivenPurge> reached(long diskWaitNanos) {
    CompletableFuture<GivenPurge> answer = new CompletableFuture<>();
    control.execute(
        () -> {
          PurgeAnswers answers = new PurgeAnswers(control, diskWaitNanos);
          answers.wait(1, answer, true);
          answers.reached(1, NODES, applied, kept);
        });
    return answer.orTimeout(20, TimeUnit.SECONDS);
  }

  @Test
  void whatTheDisksTakeDownInTimeIsKept() {
    CompletableFuture<GivenPurge> answer = reached(PurgeAnswers.DISK_WAIT_NANOS * 1_000);
    applied.complete(null);
    assertThat(answer).isNotDone();
    kept.complete(true);
    assertThat(answer.join()).isEqualTo(new GivenPurge(NODES, true, true));
  }

  @Test
  void aLogThatDoesNotAnswerIsNotWaitedFor() {
    applied.complete(null);
    assertThat(reached(1).join()).isEqualTo(new GivenPurge(NODES, true, false));
  }

  @Test
  void aDiskOfTheCacheThatDoesNotAnswerMayUndoThePurge() {
    assertThatThrownBy(reached(1)::join).hasCauseInstanceOf(PurgeNotDurable.class);
  }

  @Test
  void aPurgeThatIsNotInTheLogSaysSo() {
    applied.complete(null);
    kept.complete(false);
    assertThat(reached(PurgeAnswers.DISK_WAIT_NANOS).join().isKept()).isFalse();
  }

  @Test
  void aPurgeThatFailedIsNoSuccessThoughTheLogDoesNotAnswer() {
    applied.completeExceptionally(new PurgeNotDurable("it failed"));
    assertThatThrownBy(reached(1)::join).hasCauseInstanceOf(PurgeNotDurable.class);
  }
}
