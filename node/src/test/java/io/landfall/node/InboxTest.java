package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class InboxTest {
  private final Queue<Runnable> control = new ArrayDeque<>();
  private final Inbox inbox = new Inbox(control::add);
  private final List<Integer> ran = new ArrayList<>();

  @Test
  void manyArrivalsAreOneWakeUpInTheirOrder() {
    for (int i = 0; i < 100; i++) {
      int number = i;
      inbox.execute(() -> ran.add(number));
    }
    assertThat(control).hasSize(1);
    control.remove().run();
    assertThat(ran).hasSize(100).isSorted();
    inbox.execute(() -> ran.add(100));
    assertThat(control).as("what comes after that wakes anew").hasSize(1);
  }

  @Test
  void whoReadsBeforeTheWakeUpReadsAll() {
    inbox.execute(() -> ran.add(1));
    inbox.execute(() -> inbox.execute(() -> ran.add(2)));
    inbox.read();
    assertThat(ran).containsExactly(1, 2);
    control.forEach(Runnable::run);
    assertThat(ran).containsExactly(1, 2);
  }
}
