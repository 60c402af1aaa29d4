package io.landfall.node;

import io.landfall.bgp.MessageRule;
import io.landfall.control.RequestRule;
import io.landfall.core.RefusalRule;
import io.landfall.ingress.IngressRule;
import io.landfall.overlay.ImportRule;
import io.landfall.overlay.PeerRule;
import io.landfall.overlay.PrefixRule;
import io.landfall.overlay.servicehost.ServiceHostRule;
import io.landfall.transport.tls.HandshakeRule;
import io.landfall.trust.AdmissionRule;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The rules of all rooms, by their words. */
final class RefusalRules {
  /** Every rule; a room that has some more of them is named here. */
  static final List<RefusalRule> ALL =
      Stream.<RefusalRule[]>of(
              PrefixRule.values(),
              ImportRule.values(),
              ServiceHostRule.values(),
              MessageRule.values(),
              IngressRule.values(),
              RefusalRule.Uncounted.values(),
              AdmissionRule.values(),
              HandshakeRule.values(),
              PeerRule.values(),
              RequestRule.values())
          .flatMap(Arrays::stream)
          .toList();

  private static final Map<String, RefusalRule> BY_WORD = new TreeMap<>();

  static {
    ALL.forEach(rule -> BY_WORD.putIfAbsent(rule.label(), rule));
  }

  private RefusalRules() {}

  /** The rule of a word; {@link RefusalRule.Uncounted#OTHER} where there is none. */
  static RefusalRule of(String word) {
    return BY_WORD.getOrDefault(word, RefusalRule.Uncounted.OTHER);
  }

  /** The number of a word's rule. */
  static int number(String word) {
    return of(word).number();
  }
}
