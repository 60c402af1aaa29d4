package io.landfall.node;

import io.landfall.core.NodeName;
import io.landfall.edge.EdgeServer;
import io.landfall.node.link.BgpLink;
import io.landfall.node.link.OverlayPort;
import io.landfall.overlay.Admission;
import io.landfall.trust.Duplicates;
import io.landfall.trust.Holder;
import io.landfall.trust.LivePeers;
import io.landfall.trust.PeerIdentity;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Authenticated connections of the overlay's port go to the overlay or to the edge. */
final class Newcomers implements OverlayPort.Handover {
  private final OverlayDriver overlay;
  private final PeerRights rights;
  private final NodeNames names;
  private final Clashes clashes;
  private final Supplier<@Nullable EdgeServer> edge;
  private final Refusals refusals;

  /** Where refusals of authenticated connections are counted, by rule. */
  interface Refusals {
    /** Requests were refused, which is perhaps logged too. */
    void requests(Channel channel, String rule, String sentence);

    /** A session was refused; whoever refuses it logs that. */
    void session(String remote, String rule, String sentence);
  }

  /**
   * A handover.
   *
   * @param clashes hears of two nodes with one identity
   * @param edge the running edge; null while there is none
   * @param refusals counts whose sessions and requests were refused
   */
  Newcomers(
      OverlayDriver overlay,
      PeerRights rights,
      NodeNames names,
      Clashes clashes,
      Supplier<@Nullable EdgeServer> edge,
      Refusals refusals) {
    this.overlay = overlay;
    this.rights = rights;
    this.names = names;
    this.clashes = clashes;
    this.edge = edge;
    this.refusals = refusals;
  }

  @Override
  public void linkUp(BgpLink link, PeerIdentity peer) {
    Optional<String> revoked = rights.refusalOf(peer);
    if (revoked.isPresent()) {
      overlay.refuse(link, revoked.get());
      return;
    }
    Optional<Holder> newcomer = Places.of(link);
    Optional<Holder> live =
        newcomer.flatMap(
            n ->
                n.clashIn(
                    overlay.holders(peer.identity()), overlay.isEstablished(peer.identity())));
    if (live.isPresent()) {
      if (!overlay.stopSilent(peer.identity())) {
        clashes.of(live.get(), newcomer.get());
        refusals.session(
            link.remote(),
            Admission.DUPLICATE_IDENTITY,
            Duplicates.sentence(live.get(), newcomer.get()));
        overlay.reject(link, Duplicates.rejection(live.get()));
        return;
      }
      clashes.of(newcomer.get(), live.get());
    }
    Optional<Admission.Refused> refusal = overlay.admissionOf(peer);
    if (refusal.isPresent()) {
      refuse(link, refusal.get().rule(), refusal.get().text());
      return;
    }
    switch (rights.join(peer)) {
      case LivePeers.Joining.Joined joined -> {
        names.learn(peer.identity(), peer.name());
        overlay.linkUp(link, peer);
      }
      case LivePeers.Joining.Duplicate duplicate ->
          refuse(
              link,
              duplicate.live().identity().equals(peer.identity())
                  ? Admission.DUPLICATE_IDENTITY
                  : Admission.DUPLICATE_NAME,
              duplicate.sentence());
      case LivePeers.Joining.Full full -> refuse(link, Admission.TOO_MANY_PEERS, full.sentence());
    }
  }

  /** Whose stream is open under this name; empty when there is none. */
  private Optional<Holder> holderOfName(NodeName name) {
    return overlay.overlay().peers().stream()
        .filter(peer -> peer.live() && peer.info().name().equals(name))
        .flatMap(peer -> overlay.holders(peer.info().identity()).stream())
        .findFirst();
  }

  private void refuse(BgpLink link, String rule, String sentence) {
    Optional<Holder> live =
        rule.equals(Admission.DUPLICATE_NAME) ? holderOfName(link.peer().name()) : Optional.empty();
    Optional<Holder> newcomer = Places.of(link);
    if (live.isPresent() && newcomer.isPresent()) {
      clashes.ofName(live.get(), newcomer.get());
      refusals.session(link.remote(), rule, Duplicates.nameSentence(live.get(), newcomer.get()));
      overlay.reject(link, Duplicates.nameRejection(live.get()));
      return;
    }
    refusals.session(link.remote(), rule, sentence);
    overlay.refuse(link, sentence);
  }

  @Override
  public void linkBytes(BgpLink link, byte[] bytes) {
    overlay.linkBytes(link, bytes);
  }

  @Override
  public void linkWritable(BgpLink link) {
    overlay.linkWritable(link);
  }

  @Override
  public void linkClosed(BgpLink link, String why) {
    overlay.linkClosed(link, why);
  }

  @Override
  public void ownIdentityShown(PeerIdentity who, InetSocketAddress at, boolean dialled) {
    clashes.ofOurselves(new Holder(who, Places.endpoint(at), dialled));
  }

  @Override
  public void requestsFrom(Channel channel, PeerIdentity peer) {
    EdgeServer running = edge.get();
    if (running == null) {
      channel.close();
      return;
    }
    running.acceptWaitingH2(channel, peer.name());
    if (!rights.requestsOn(channel, peer, new RequestDoor(running, channel))) {
      channel.close();
    }
  }

  /** A connection for requests, at the edge. */
  private final class RequestDoor implements RequestChannels.Door {
    private final EdgeServer running;
    private final Channel channel;

    RequestDoor(EdgeServer running, Channel channel) {
      this.running = running;
      this.channel = channel;
    }

    @Override
    public void open() {
      running.openH2(channel);
    }

    @Override
    public void refuse() {
      running.refuseH2(channel);
    }

    @Override
    public void refused(String rule, String sentence) {
      refusals.requests(channel, rule, sentence);
    }
  }
}
