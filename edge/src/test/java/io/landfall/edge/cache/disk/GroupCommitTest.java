package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.SystemClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a thread that writes in groups ends. */
class GroupCommitTest {
  /** Fails once; while it is tried again something is handed over, and it is closed. */
  private static final class ClosedWhileItTries extends GroupCommit<String> {
    private final List<String> written = new ArrayList<>();
    private boolean failed;

    ClosedWhileItTries() {
      super(SystemClock.INSTANCE);
    }

    @Override
    protected boolean write(List<String> group, boolean afterFailure) {
      written.addAll(group);
      boolean works = failed;
      failed = true;
      return works;
    }

    @Override
    protected boolean retry() {
      assertThat(add("late")).isTrue();
      end();
      return true;
    }

    @Override
    protected void ended(boolean well) {
      assertThat(well).isTrue();
    }
  }

  @Test
  void whatIsHandedOverBeforeItIsClosedIsWrittenThoughTheThreadHadSeenNothing() {
    ClosedWhileItTries commit = new ClosedWhileItTries();
    assertThat(commit.add("first")).isTrue();
    commit.run();
    assertThat(commit.written).containsExactly("first", "late");
    assertThat(commit.unwritten()).isEmpty();
  }
}
