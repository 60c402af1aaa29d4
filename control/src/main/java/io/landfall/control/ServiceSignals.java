package io.landfall.control;

import io.landfall.control.ControlEffect.Subject;
import io.landfall.core.MedMapping;
import io.landfall.overlay.OverlayEvent;
import io.landfall.signal.LocalSignals;
import io.landfall.signal.SignalChange;
import io.landfall.signal.SignalEffect;
import io.landfall.signal.SignalEvent;
import java.util.function.Consumer;

/** Steps the services beside this node; what is advertised is their state here. */
final class ServiceSignals {
  private final ControlConfig config;
  private final Step step;
  private final LocalSignals signals;
  private final Publication publication;
  private final StartHold startHold;
  private final Consumer<OverlayEvent> table;
  private SignalListener watcher = SignalListener.NONE;

  ServiceSignals(
      ControlConfig config,
      Step step,
      LocalSignals signals,
      Publication publication,
      StartHold startHold,
      Consumer<OverlayEvent> table) {
    this.config = config;
    this.step = step;
    this.signals = signals;
    this.publication = publication;
    this.startHold = startHold;
    this.table = table;
  }

  LocalSignals signals() {
    return signals;
  }

  void watch(SignalListener by) {
    watcher = by;
  }

  void step(SignalEvent event) {
    for (SignalEffect effect : signals.step(event, step.now())) {
      switch (effect) {
        case SignalEffect.Changed(SignalChange change) -> changed(change);
        case SignalEffect.BackendsChanged(var service) -> publication.backendsMayDiffer(service);
        case SignalEffect.EvaluatedOnce _ -> {
          table.accept(new OverlayEvent.LocalServicesEvaluated());
          startHold.evaluated();
        }
        case SignalEffect.RunProbe probe -> step.add(new ControlEffect.RunProbe(probe));
        case SignalEffect.Answered(var answer) -> step.add(new ControlEffect.Answered(answer));
      }
    }
  }

  private void changed(SignalChange change) {
    step.info(
        Subject.SIGNAL,
        "service signal service={} from={} to={} why=\"{}\"",
        change.service(),
        change.from(),
        change.to(),
        change.why());
    ControlConfig.Service service = config.services().get(change.service());
    if (service == null) {
      return;
    }
    watcher.changing(change, service.identity());
    long tier = Math.min(MedMapping.MAX, service.tier() + change.tier());
    table.accept(new OverlayEvent.Originate(service.identity(), change.to(), tier));
    watcher.changed();
    publication.serviceChanged(change.service());
  }
}
