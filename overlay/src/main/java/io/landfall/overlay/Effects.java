package io.landfall.overlay;

import io.landfall.core.NodeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects the effects of one step. */
final class Effects {
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

  List<OverlayEffect> take() {
    List<OverlayEffect> taken = list;
    list = new ArrayList<>();
    return taken;
  }
}
