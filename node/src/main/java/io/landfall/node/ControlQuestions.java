package io.landfall.node;

import io.landfall.admin.Unavailable;
import io.landfall.core.FailureText;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Has the control thread answer, and waits for it; so never on the control thread itself. */
final class ControlQuestions implements TableSlices.Asker {
  /** How long an answer may take. */
  static final long ANSWER_MILLIS = 5_000;

  private final ControlLoop control;

  ControlQuestions(ControlLoop control) {
    this.control = control;
  }

  /**
   * Asks and waits.
   *
   * @throws Unavailable when the control thread does not answer in time
   */
  @Override
  public <T> T ask(Callable<T> question) {
    try {
      return control.ask(question).get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new Unavailable(
          "the control thread did not answer within " + ANSWER_MILLIS + " ms; try again");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Unavailable unavailable) {
        throw unavailable;
      }
      throw new IllegalStateException(FailureText.of(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("the node stops");
    }
  }
}
