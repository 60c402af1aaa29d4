package io.landfall.control;

import static io.landfall.control.LogField.field;

import io.landfall.control.ControlEffect.Subject;
import io.landfall.core.InvariantBroken;
import io.landfall.core.MedMapping;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.servicehost.HostSignal;
import io.landfall.overlay.servicehost.ServiceHostEffect;
import io.landfall.signal.LocalSignals;
import io.landfall.signal.SignalChange;
import io.landfall.signal.SignalEffect;
import io.landfall.signal.SignalEvent;
import java.util.SortedMap;
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
        case SignalEffect.BackendTurned turned ->
            step.info(
                Subject.SIGNAL,
                "backend",
                field("service", turned.service()),
                field("backend", turned.backend()),
                field("use", turned.use()),
                field("why", turned.why()));
        case SignalEffect.EvaluatedOnce _ -> {
          table.accept(new OverlayEvent.LocalServicesEvaluated());
          startHold.evaluated();
        }
        case SignalEffect.RunProbe probe -> step.add(new ControlEffect.RunProbe(probe));
        case SignalEffect.Answered(var answer) -> step.add(new ControlEffect.Answered(answer));
      }
    }
  }

  /** A service host's routes are its only means, and a signal of its own services all they are. */
  void advertised(ServiceHostEffect.OfService what) {
    ServiceName name =
        config
            .services()
            .nameOf(what.service())
            .orElseThrow(
                () ->
                    new InvariantBroken(
                        "hosts advertise configured services only, not " + what.service()));
    step(
        switch (what) {
          case ServiceHostEffect.HostAdvertised(String host, var _, HostSignal signal) ->
              new SignalEvent.HostAdvertised(name, host, signal.signal(), signal.tier());
          case ServiceHostEffect.HostWithdrawn(String host, var _, String why) ->
              new SignalEvent.HostWithdrawn(name, host, why);
        });
  }

  /**
   * Other services are configured. Those that are gone are withdrawn by the identity that they had;
   * those that stay are advertised with the identity and the tier that they have now.
   */
  void configure(ControlEvent.Configure now) {
    SortedMap<ServiceName, ControlConfig.Service> before = config.services().all();
    step(new SignalEvent.Configure(now.specs()));
    config.services().replace(now);
    before.forEach(
        (name, was) -> {
          ControlConfig.Service is = config.services().get(name);
          if (is != null && !is.identity().equals(was.identity())) {
            table.accept(new OverlayEvent.Originate(was.identity(), Signal.DOWN, 0));
          }
        });
    before.forEach(
        (name, was) -> {
          ControlConfig.Service is = config.services().get(name);
          Signal signal = signals.signal(name);
          if (is != null
              && signal.isAdvertised()
              && !(is.identity().equals(was.identity()) && is.tier() == was.tier())) {
            advertise(
                is,
                new SignalChange(name, signal, signal, signals.tier(name), "its config changed"));
          }
        });
  }

  private void changed(SignalChange change) {
    step.info(
        Subject.SIGNAL,
        "service signal",
        field("service", change.service()),
        field("from", change.from()),
        field("to", change.to()),
        field("why", change.why()));
    ControlConfig.Service service = config.services().get(change.service());
    if (service != null) {
      advertise(service, change);
    }
  }

  private void advertise(ControlConfig.Service service, SignalChange change) {
    watcher.changing(change, service.identity());
    long tier = Math.min(MedMapping.MAX, service.tier() + change.tier());
    table.accept(new OverlayEvent.Originate(service.identity(), change.to(), tier));
    watcher.changed();
    publication.serviceChanged(change.service());
  }
}
