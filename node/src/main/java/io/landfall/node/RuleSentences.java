package io.landfall.node;

import io.landfall.edge.RulesView;
import java.util.ArrayList;
import java.util.List;

/** What the rules of a service do before the decision, in the order in which they do it. */
final class RuleSentences {
  private static final long SECOND_MILLIS = 1_000;

  private RuleSentences() {}

  static List<String> of(RulesView rules) {
    List<String> sentences = new ArrayList<>();
    rules.client().ifPresent(client -> add(rules, client, sentences));
    if (rules.client().isPresent()) {
      addLast(rules, sentences);
      return sentences;
    }
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
      sentences.add(
          "clients get 503 (MAINTENANCE), but for those that 'maintenance.allow' may name");
    }
    addLast(rules, sentences);
    return sentences;
  }

  /** What is so for one client. */
  private static void add(RulesView rules, RulesView.OfClient client, List<String> sentences) {
    String who = client.address();
    if (client.denied()) {
      sentences.add(
          who
              + " gets 403 (CLIENT_DENIED): "
              + client
                  .prefix()
                  .map(prefix -> "'deny' has " + prefix)
                  .orElse("no prefix of 'allow' has it"));
    } else if (rules.byAddress()) {
      sentences.add(
          who
              + " may use it: "
              + client
                  .prefix()
                  .map(prefix -> "'allow' has " + prefix)
                  .orElse("no prefix of 'deny' has it"));
    }
    for (RulesView.Counted limit : client.limits()) {
      sentences.add(
          "its rate limit '"
              + limit.name()
              + "' ("
              + limit.requests()
              + " in "
              + time(limit.perMillis())
              + ") counts it for "
              + limit.key());
    }
    if (rules.maintained()) {
      sentences.add(
          client
              .served()
              .map(prefix -> who + " is served in maintenance: 'maintenance.allow' has " + prefix)
              .orElse(who + " gets 503 (MAINTENANCE): no prefix of 'maintenance.allow' has it"));
    }
  }

  private static String time(long millis) {
    return millis % SECOND_MILLIS == 0 ? millis / SECOND_MILLIS + " s" : millis + " ms";
  }

  private static void addLast(RulesView rules, List<String> sentences) {
    addRedirect(rules, sentences);
    rules
        .authorization()
        .ifPresent(
            url ->
                sentences.add(
                    "what "
                        + url
                        + " refuses is answered as it has it (AUTHORIZATION_DENIED); it is not asked"
                        + " for this"));
  }

  private static void addRedirect(RulesView rules, List<String> sentences) {
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
  }
}
