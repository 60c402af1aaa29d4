package io.landfall.node.peering;

import io.landfall.bgp.peering.Peering;
import io.landfall.bgp.peering.PeeringEffect;
import io.landfall.bgp.peering.PeeringEvent;
import io.landfall.node.Driver;
import io.landfall.overlay.speaker.ServiceSpeakers;
import io.landfall.overlay.speaker.SpeakerDetail;
import io.landfall.overlay.speaker.SpeakerEffect;
import io.landfall.overlay.speaker.SpeakerEvent;
import io.landfall.overlay.speaker.SpeakerHost;
import io.landfall.overlay.speaker.SpeakerView;
import io.landfall.overlay.speaker.SpeakersConfig;
import io.landfall.transport.tcp.BgpTcpSpec;
import io.landfall.transport.tcp.BgpTcpStreams;
import io.netty.channel.ChannelFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * The sessions with service hosts on their peerings: hands {@link ServiceSpeakers} its events and
 * does what it asks for. On the control thread only.
 */
public final class ServiceHostSessions {
  private final ServiceSpeakers hosts;
  private final PeeringDriver peerings;
  private final Driver<SpeakerEvent, SpeakerEffect> driver;
  private final Consumer<SpeakerEffect> signals;

  /**
   * Wires the parts; nothing happens before {@link SpeakerEvent.Start}.
   *
   * @param specs how to reach each host, by its configured name
   * @param signals takes what the hosts signal, and lines for the log
   */
  public ServiceHostSessions(
      SpeakersConfig config,
      Map<String, BgpTcpSpec> specs,
      PeeringDriver.Host host,
      Consumer<SpeakerEffect> signals) {
    this.hosts = new ServiceSpeakers(config, bound -> ThreadLocalRandom.current().nextLong(bound));
    this.signals = signals;
    this.driver =
        new Driver<>(
            hosts, host.control(), host.control(), new SpeakerEvent.Tick(), this::carryOut);
    this.peerings =
        new PeeringDriver(
            config.hosts().stream().map(ServiceHostSessions::peering).toList(),
            specs,
            BgpTcpStreams.Reading.STOPS_WHEN_FULL,
            host,
            this::carryIn);
  }

  private static Peering peering(SpeakerHost host) {
    return new Peering(
        host.name(), host.dials() ? Peering.Dialling.ON_REQUEST : Peering.Dialling.NEVER);
  }

  /** Listens on an address for the hosts; the future has whether that worked. */
  public ChannelFuture listen(InetSocketAddress local) {
    return peerings.listen(local);
  }

  /** Applies one event and its effects. */
  public void handle(SpeakerEvent event) {
    driver.apply(event);
  }

  /** Every host. */
  public List<SpeakerView> view() {
    return hosts.view();
  }

  /** Every host with all that is known of it. */
  public List<SpeakerDetail> details() {
    return hosts.details();
  }

  /** How many bytes wait to leave, over all connections. */
  public long unsentBytes() {
    return peerings.unsentBytes();
  }

  private void carryOut(SpeakerEffect effect) {
    switch (effect) {
      case SpeakerEffect.Dial(String host) -> peerings.apply(new PeeringEvent.Connect(host));
      case SpeakerEffect.Write(String _, long connection, byte[] bytes) ->
          peerings.apply(new PeeringEvent.Send(connection, bytes));
      case SpeakerEffect.Close(String _, long connection, String why) ->
          peerings.apply(new PeeringEvent.Close(connection, why));
      case SpeakerEffect.Said _, SpeakerEffect.Silent _, SpeakerEffect.Note _ ->
          signals.accept(effect);
    }
  }

  private void carryIn(PeeringEffect.ToSession what) {
    handle(
        switch (what) {
          case PeeringEffect.Up(String host, long stream, InetAddress _, boolean outgoing) ->
              new SpeakerEvent.Connected(host, stream, outgoing);
          case PeeringEffect.NoStream(String host, String why) ->
              new SpeakerEvent.ConnectFailed(host, why);
          case PeeringEffect.Bytes(String host, long stream, byte[] bytes) ->
              new SpeakerEvent.Received(host, stream, bytes);
          case PeeringEffect.Full(String host, long stream) ->
              new SpeakerEvent.WriteBlocked(host, stream);
          case PeeringEffect.Writable(String host, long stream) ->
              new SpeakerEvent.Writable(host, stream);
          case PeeringEffect.Down(String host, long stream, String why, int _) ->
              new SpeakerEvent.Closed(host, stream, why);
        });
  }
}
