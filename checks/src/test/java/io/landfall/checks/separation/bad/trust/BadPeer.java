package io.landfall.checks.separation.bad.trust;

import io.landfall.checks.separation.bad.ca.BadAuthority;
import org.bouncycastle.asn1.ASN1Integer;

/** A judge of peers that makes certificates itself. */
public final class BadPeer {
  private BadPeer() {}

  /** The serial number of the next one. */
  public static ASN1Integer serial() {
    return new ASN1Integer(BadAuthority.certificates());
  }
}
