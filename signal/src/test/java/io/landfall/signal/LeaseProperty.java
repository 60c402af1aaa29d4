package io.landfall.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.ServiceName;
import io.landfall.signal.LeaseTable.Grant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** H1 to H3: random grants, replays, pauses and releases against a model of five numbers. */
class LeaseProperty {
  private static final long MS = 1_000_000L;
  private static final ServiceName SHOP = new ServiceName("shop");

  @Test
  void noLeaseOutlivesItsGrantAndNoOldHolderRevivesIt() {
    int stale = 0;
    int ended = 0;
    for (int seed = 0; seed < Seeds.COUNT; seed++) {
      Seeds random = new Seeds(seed);
      LeaseTable leases = new LeaseTable(List.of(SHOP));
      // Monotonic clocks may start anywhere, and wrap.
      long now = random.chance(30) ? Long.MAX_VALUE - random.below(100_000) * MS : 0;
      boolean taken = false;
      long incarnation = -1;
      long sequence = -1;
      long grantedAt = 0;
      long ttl = 0;
      for (int i = 0; i < 300; i++) {
        // Mostly small steps, now and then a pause longer than any lease here.
        now += random.chance(5) ? 60_000 * MS : random.below(2_000) * MS;
        if (random.chance(10)) {
          leases.release(SHOP);
          taken = false;
        } else if (random.chance(60)) {
          long askedIncarnation = random.below(4);
          long askedSequence = random.below(50);
          long askedTtl = (100 + random.below(10_000)) * MS;
          boolean newer =
              askedIncarnation > incarnation
                  || (askedIncarnation == incarnation && askedSequence > sequence);
          Grant grant = leases.grant(SHOP, askedIncarnation, askedSequence, askedTtl, now);
          assertThat(grant instanceof Grant.Granted)
              .as("seed %d step %d", seed, i)
              .isEqualTo(newer);
          stale += newer ? 0 : 1;
          if (newer) {
            taken = true;
            incarnation = askedIncarnation;
            sequence = askedSequence;
            grantedAt = now;
            ttl = askedTtl;
          }
        }
        long age = now - grantedAt;
        assertThat(leases.isValid(SHOP, now))
            .as("seed %d step %d", seed, i)
            .isEqualTo(!taken || age < ttl);
        ended += taken && age >= ttl ? 1 : 0;
      }
    }
    assertThat(stale).as("the generator replays").isGreaterThan(100);
    assertThat(ended).as("the generator lets leases end").isGreaterThan(100);
  }
}
