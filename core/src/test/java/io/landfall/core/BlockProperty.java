package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

/** Offsets, addresses and text of one host name each other, in both families. */
class BlockProperty {
  @Test
  void offsetAddressAndTextAreThreeNamesOfOneHost() {
    Seeded.always(
        seeded -> {
          Block block = seeded.block();
          HostAddress host = block.host(seeded.below(block.size()));
          assertThat(block.offsetOf(host.bytes())).isEqualTo(host.offset());
          assertThat(block.host(host.bytes())).hasValue(host);
          assertThat(host.inetAddress().getAddress()).isEqualTo(host.bytes());
        });
  }

  @Test
  void aBlockReadsBackFromItsText() {
    Seeded.always(
        seeded -> {
          Block block = seeded.block();
          assertThat(Block.parse(block.toString())).isEqualTo(block).hasSameHashCodeAs(block);
        });
  }

  @Test
  void anAddressIsInsideExactlyWhenItsPrefixBitsAreTheBlocks() {
    Seeded.always(
        seeded -> {
          Block block = seeded.block();
          byte[] address = block.host(seeded.below(block.size())).bytes();
          int bit = seeded.below(block.hostLength());
          address[bit >> 3] ^= (byte) (0x80 >>> (bit & 7));
          assertThat(block.offsetOf(address) >= 0).isEqualTo(bit >= block.prefixLength());
        });
  }

  @Test
  void offsetsOrderHostsAsTheirAddressesDo() {
    Seeded.always(
        seeded -> {
          Block block = seeded.block();
          HostAddress one = block.host(seeded.below(block.size()));
          HostAddress other = block.host(seeded.below(block.size()));
          int byAddress =
              new BigInteger(1, one.bytes()).compareTo(new BigInteger(1, other.bytes()));
          assertThat(Integer.signum(one.compareTo(other))).isEqualTo(byAddress);
          assertThat(one.equals(other)).isEqualTo(byAddress == 0);
        });
  }

  @Test
  void noOffsetBeyondTheBlockHasAValue() {
    Seeded.always(
        seeded -> {
          Block block = seeded.block();
          int beyond = block.size() + seeded.below(1 << 20);
          assertThatThrownBy(() -> block.host(beyond)).isInstanceOf(IllegalArgumentException.class);
          assertThatThrownBy(() -> block.host(-1 - seeded.below(1 << 20)))
              .isInstanceOf(IllegalArgumentException.class);
        });
  }

  @Test
  void aPrefixOverlapsExactlyWhenOneHoldsTheOthersNetworkAddress() {
    Seeded.always(
        seeded -> {
          Block block = seeded.block();
          Block near = neighbour(seeded, block);
          boolean expected =
              near.offsetOf(block.network()) >= 0 || block.offsetOf(near.network()) >= 0;
          assertThat(block.overlaps(near.network(), near.prefixLength())).isEqualTo(expected);
          assertThat(near.overlaps(block.network(), block.prefixLength())).isEqualTo(expected);
        });
  }

  /** A block of the same family that is often inside, around or beside this one. */
  private static Block neighbour(Seeded seeded, Block block) {
    int length = seeded.between(block.hostLength() - Block.MAX_HOST_BITS, block.hostLength());
    byte[] network = block.host(seeded.below(block.size())).bytes();
    int flipped = seeded.below(block.hostLength());
    if (seeded.flip()) {
      network[flipped >> 3] ^= (byte) (0x80 >>> (flipped & 7));
    }
    for (int bit = length; bit < block.hostLength(); bit++) {
      network[bit >> 3] &= (byte) ~(0x80 >>> (bit & 7));
    }
    return Block.of(network, length);
  }
}
