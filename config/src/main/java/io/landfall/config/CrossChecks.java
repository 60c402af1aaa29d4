package io.landfall.config;

import io.landfall.core.NodeName;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rules between sections: a name in one must mean something in another. */
final class CrossChecks {
  private CrossChecks() {}

  /** What names other nodes does not name this one. */
  static void otherNodes(Optional<Section> overlay, Optional<NodeName> self) {
    costs(overlay, self);
    reflectors(overlay, self);
  }

  /** A cost is the cost of reaching another node. */
  private static void costs(Optional<Section> overlay, Optional<NodeName> self) {
    if (overlay.isEmpty()
        || self.isEmpty()
        || !(overlay.get().raw(OverlayReader.COSTS).orElse(null) instanceof Yaml.Mapping costs)) {
      return;
    }
    Yaml.Entry own = costs.entries().get(self.get().value());
    if (own != null) {
      overlay
          .get()
          .problems()
          .add(
              own.keyLine(),
              "overlay.costs." + self.get(),
              "this node costs nothing to itself",
              "remove the key; name other nodes only");
    }
  }

  /** A reflector is another node. */
  private static void reflectors(Optional<Section> overlay, Optional<NodeName> self) {
    if (overlay.isEmpty()
        || self.isEmpty()
        || !(overlay.get().raw(OverlayReader.REFLECTORS).orElse(null)
            instanceof Yaml.Sequence names)) {
      return;
    }
    for (int i = 0; i < names.items().size(); i++) {
      if (names.items().get(i) instanceof Yaml.Text text
          && text.text().equals(self.get().value())) {
        overlay
            .get()
            .problems()
            .add(
                text.line(),
                "overlay.reflectors[" + i + "]",
                "this node cannot reflect to itself",
                "name other nodes; what makes this one a reflector is 'reflector: true'");
      }
    }
  }

  /**
   * What makes no sense where no client connects: a prefix that attracts them, and to keep one's
   * identity to oneself where there is something to ask for.
   */
  static void withoutEdge(Section top, Optional<Section> overlay) {
    boolean hasEdge = top.has("edge");
    if (top.has("ingress") && !hasEdge) {
      top.problem(
          "ingress",
          "there is no edge: whom the prefixes attract could not connect",
          "add 'edge: {listen: [{address: \"198.51.100.1:80\"}]}', or remove ingress");
    }
    boolean hidden =
        overlay
            .flatMap(at -> at.raw(OverlayReader.OWN_IDENTITY))
            .filter(yaml -> yaml instanceof Yaml.Text text && text.text().equals("false"))
            .isPresent();
    if (hidden && (hasEdge || top.has("services"))) {
      overlay
          .orElseThrow()
          .problem(
              "own-identity",
              "requests find this node, and are taken from it, by the route of its identity",
              "remove the key, or edge and services");
    }
  }

  /** A listener of a service names a TCP service. */
  static void listenersOfServices(
      Optional<Section> edge, Optional<Section> services, List<ServiceConfig> read) {
    if (edge.isEmpty()
        || !(edge.get().raw(EdgeReader.LISTEN).orElse(null) instanceof Yaml.Sequence list)) {
      return;
    }
    for (int i = 0; i < list.items().size(); i++) {
      if (list.items().get(i) instanceof Yaml.Mapping item
          && textOf(item, EdgeReader.SERVICE) instanceof Yaml.Text text
          && !isTcp(text.text(), services, read)) {
        edge.get()
            .problems()
            .add(
                text.line(),
                "edge.listen[" + i + "].service",
                "there is no TCP service '" + text.text() + "' under services",
                "add it there with 'tcp: {}', or remove the key for HTTP");
      }
    }
  }

  private static @Nullable Yaml textOf(Yaml.Mapping mapping, Key<?> key) {
    Yaml.Entry entry = mapping.entries().get(key.name());
    return entry == null ? null : entry.value();
  }

  /** Whether it is one; of a service that has problems of its own nothing more is reported. */
  private static boolean isTcp(String name, Optional<Section> services, List<ServiceConfig> read) {
    for (ServiceConfig service : read) {
      if (service.name().value().equals(name)) {
        return service.isTcp();
      }
    }
    return services.map(at -> at.entries().containsKey(name)).orElse(false);
  }

  /** A node can only be entitled to a service whose identity is known here. */
  static void entitlements(Optional<Section> trust, Optional<Section> services) {
    if (trust.isEmpty()
        || !(trust.get().raw(TrustReader.ENTITLEMENTS).orElse(null)
            instanceof Yaml.Mapping nodes)) {
      return;
    }
    Collection<String> known =
        services.<Collection<String>>map(at -> at.entries().keySet()).orElse(List.of());
    for (Map.Entry<String, Yaml.Entry> node : nodes.entries().entrySet()) {
      if (!(node.getValue().value() instanceof Yaml.Sequence list)) {
        continue;
      }
      for (int i = 0; i < list.items().size(); i++) {
        if (list.items().get(i) instanceof Yaml.Text text && !known.contains(text.text())) {
          String near =
              SpellingSuggestion.to(text.text(), known)
                  .map(name -> "did you mean '" + name + "'?")
                  .orElse("add it under services with its identity and hosts");
          trust
              .get()
              .problems()
              .add(
                  text.line(),
                  "trust.entitlements." + node.getKey() + "[" + i + "]",
                  "service '" + text.text() + "' is not under services",
                  near);
        }
      }
    }
  }
}
