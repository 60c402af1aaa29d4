package io.landfall.control;

import io.landfall.control.ControlEffect.Level;
import io.landfall.control.ControlEffect.Subject;
import io.landfall.core.Now;
import java.util.ArrayList;
import java.util.List;

/** One step of the machine: its time, and what it asks for so far. The same object for each. */
final class Step {
  private Now now = new Now(0, 0);
  private List<ControlEffect> effects = new ArrayList<>();

  void begin(Now at) {
    now = at;
  }

  Now now() {
    return now;
  }

  long nanos() {
    return now.monotonicNanos();
  }

  long wallMillis() {
    return now.wallMillis();
  }

  void add(ControlEffect effect) {
    effects.add(effect);
  }

  /** A line for the log. */
  void info(Subject subject, String message, LogField... fields) {
    effects.add(new ControlEffect.Log(subject, Level.INFO, message, List.of(fields)));
  }

  /** The same, for the operator on duty. */
  void warn(Subject subject, String message, LogField... fields) {
    effects.add(new ControlEffect.Log(subject, Level.WARN, message, List.of(fields)));
  }

  List<ControlEffect> take() {
    List<ControlEffect> taken = effects;
    effects = new ArrayList<>();
    return taken;
  }
}
