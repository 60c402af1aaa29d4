package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.admin.Unavailable;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What becomes of a dump that somebody waits for. */
class OverlayWatchingTest {
  @Test
  void recordsBecomeOneFile() {
    assertThat(
            OverlayWatching.mrtDump(
                CompletableFuture.completedFuture(
                    List.of(new byte[] {1, 2}, new byte[0], new byte[] {3})),
                1_000))
        .containsExactly(1, 2, 3);
  }

  @Test
  void aDumpThatFailsSaysWhy() {
    assertThatThrownBy(
            () ->
                OverlayWatching.mrtDump(
                    CompletableFuture.failedFuture(new Exception("the table is too large")), 1_000))
        .isInstanceOf(Unavailable.class)
        .hasMessage("the table is too large");
  }

  @Test
  void aDumpThatIsNotReadyInTimeIsNotWaitedForAnyMore() {
    CompletableFuture<List<byte[]>> never = new CompletableFuture<>();
    assertThatThrownBy(() -> OverlayWatching.mrtDump(never, 1))
        .isInstanceOf(Unavailable.class)
        .hasMessage("the dump was not ready in time; try again");
    assertThat(never).isCancelled();
  }
}
