package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.overlay.PeerInfo.Relation;
import io.landfall.overlay.PeerReads.Before;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import io.landfall.testkit.Reads;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How the bytes of a peer are cut into reads changes nothing that it can cause. */
class PeerReadsProperty {
  private static final int SHOP = 0x0a200100;
  private static final int FOREIGN = 0x08080808;
  private static final byte[] OPEN = BgpMessages.open(OverlayNet.ASN, PeerReads.PEER_ID);
  private static final byte[] KEEPALIVE = BgpMessages.keepalive();
  private static final List<byte[]> UP = List.of(OPEN, KEEPALIVE);

  private static final List<Relation> RELATIONS = List.of(Relation.values());
  private static final List<Before> BEFORE = List.of(Before.values());

  private static List<byte[]> everything() {
    List<byte[]> all = new ArrayList<>(BgpMessages.harmless().values());
    all.add(BgpMessages.announce(SHOP, PeerReads.PEER_ID));
    all.add(BgpMessages.announce(FOREIGN, PeerReads.PEER_ID));
    all.add(BgpMessages.withdraw(SHOP));
    all.addAll(BgpMessages.enders(BgpMessages.open(OverlayNet.ASN, PeerReads.PEER_ID)).values());
    return all;
  }

  @Test
  void whatIsAnnouncedHereIsTakenAndToldOn() {
    String outcome =
        PeerReads.outcome(Relation.CLIENT, true, Before.NOTHING, UP, everything().subList(7, 8));
    assertThat(outcome).contains("ESTABLISHED 1 paths").contains("told {10.32.0.1");
    assertThat(outcome.substring(outcome.indexOf("the client was told"))).contains("10.32.1.0");
  }

  @Test
  void everyPairAndTripleInOneReadDoesWhatItDoesInReadsOfTheirOwn() {
    for (Before before : Before.values()) {
      Relation relation = before == Before.BARRIER ? Relation.MESH : Relation.REFLECTOR;
      boolean outgoing = before == Before.REFRESH_AND_ANOTHER;
      Reads.everyPairAndTriple(
          everything(),
          messages ->
              assertThat(PeerReads.outcome(relation, outgoing, before, UP, Reads.joined(messages)))
                  .isEqualTo(PeerReads.outcome(relation, outgoing, before, UP, messages)));
    }
  }

  @Test
  void whatComesWithTheStartOfTheSessionDoesSoToo() {
    for (boolean outgoing : List.of(false, true)) {
      Reads.everyPairAndTriple(
          everything(),
          messages -> {
            for (List<byte[]> first : List.of(List.<byte[]>of(), List.of(OPEN), UP)) {
              List<byte[]> all = new ArrayList<>(first);
              all.addAll(messages);
              assertThat(outcome(outgoing, Reads.joined(all))).isEqualTo(outcome(outgoing, all));
            }
          });
    }
  }

  private static String outcome(boolean outgoing, List<byte[]> reads) {
    return PeerReads.outcome(Relation.CLIENT, outgoing, Before.NOTHING, List.of(), reads);
  }

  @Test
  void anyCutOfAnyStreamIntoReadsDoesTheSame() {
    Random random = new Random(8);
    List<byte[]> alphabet = everything();
    for (int i = 0; i < 1_000; i++) {
      List<byte[]> messages = new ArrayList<>();
      for (int length = 1 + random.nextInt(12); length > 0; length--) {
        messages.add(alphabet.get(random.nextInt(alphabet.size())));
      }
      byte[] stream = Octets.join(messages);
      Relation relation = RELATIONS.get(random.nextInt(RELATIONS.size()));
      Before before = BEFORE.get(random.nextInt(BEFORE.size()));
      boolean outgoing = random.nextBoolean();
      String whole = PeerReads.outcome(relation, outgoing, before, UP, List.of(stream));
      for (List<byte[]> reads :
          List.of(Reads.split(stream, random), Reads.pieces(stream, 1), messages)) {
        assertThat(PeerReads.outcome(relation, outgoing, before, UP, reads)).isEqualTo(whole);
      }
    }
  }
}
