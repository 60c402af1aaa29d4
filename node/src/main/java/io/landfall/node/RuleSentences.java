package io.landfall.node;

import io.landfall.edge.RulesView;
import java.util.ArrayList;
import java.util.List;

/** What the rules of a service do before the decision, in the order in which they do it. */
final class RuleSentences {
  private RuleSentences() {}

  static List<String> of(RulesView rules) {
    List<String> sentences = new ArrayList<>();
    if (rules.byAddress()) {
      sentences.add("clients that 'allow' or 'deny' keep out get 403 (CLIENT_DENIED)");
    }
    if (rules.rateLimits() > 0) {
      sentences.add(
          "clients beyond "
              + (rules.rateLimits() == 1 ? "its rate limit" : "one of its rate limits")
              + " get 429 (RATE_LIMITED)");
    }
    if (rules.maintained()) {
      sentences.add("all but clients in 'maintenance.allow' get 503 (MAINTENANCE)");
    }
    rules
        .redirect()
        .ifPresent(
            to ->
                sentences.add(
                    "a GET is answered with "
                        + to.status()
                        + " to "
                        + to.location()
                        + " (REDIRECTED)"));
    return sentences;
  }
}
