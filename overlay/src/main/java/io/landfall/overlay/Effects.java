package io.landfall.overlay;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects the effects of one step. */
final class Effects implements ImportPolicy.Listener {
  private List<OverlayEffect> list = new ArrayList<>();

  void add(OverlayEffect effect) {
    list.add(effect);
  }

  void info(Peer peer, String text) {
    list.add(new OverlayEffect.Note(false, Optional.of(peer.info.name()), text));
  }

  void warn(NodeName peer, String text) {
    list.add(new OverlayEffect.Note(true, Optional.of(peer), text));
  }

  @Override
  public void refused(Peer peer, Object what, String rule, long count) {
    if (Long.bitCount(count) == 1) {
      warn(peer.info.name(), "refused " + what + ": " + rule + " (" + count + " of these so far)");
    }
  }

  @Override
  public void nodeLearned(HostAddress node, NodeEndpoint endpoint, HostAddress from) {
    add(new OverlayEffect.NodeLearned(node, endpoint, from));
  }

  @Override
  public void placesNamed(HostAddress from, List<NodeEndpoint> places) {
    add(new OverlayEffect.PlacesNamed(from, places));
  }

  List<OverlayEffect> take() {
    List<OverlayEffect> taken = list;
    list = new ArrayList<>();
    return taken;
  }
}
